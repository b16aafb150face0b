obj-clang/checker/checker.o: checker/checker.c checker/checker.h \
  conf/conf.h common/addr.h conf/route.h common/vrrpd.h checker/exec.h \
  common/payload.h common/msg.h common/peer.h common/imsg.h \
  common/child.h common/sandbox.h common/ctl.h common/log.h \
  common/mono.h conf/wire.h

checker/checker.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

checker/exec.h:

common/payload.h:

common/msg.h:

common/peer.h:

common/imsg.h:

common/child.h:

common/sandbox.h:

common/ctl.h:

common/log.h:

common/mono.h:

conf/wire.h:
