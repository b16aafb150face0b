obj-clang/checker/hook.o: checker/hook.c checker/checker.h conf/conf.h \
  common/addr.h conf/route.h common/vrrpd.h checker/exec.h \
  common/payload.h common/msg.h common/peer.h common/imsg.h common/log.h

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

common/log.h:
