obj-clang/checker/process.o: checker/process.c checker/checker.h \
  conf/conf.h common/addr.h conf/route.h common/vrrpd.h checker/exec.h \
  common/payload.h common/msg.h common/peer.h common/imsg.h common/ctl.h \
  common/log.h common/mono.h checker/procev.h checker/quorum.h

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

common/ctl.h:

common/log.h:

common/mono.h:

checker/procev.h:

checker/quorum.h:
