obj-clang/checker/exec.o: checker/exec.c checker/exec.h conf/conf.h \
  common/addr.h conf/route.h common/vrrpd.h common/log.h common/mono.h \
  common/payload.h common/msg.h conf/secpath.h

checker/exec.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

common/log.h:

common/mono.h:

common/payload.h:

common/msg.h:

conf/secpath.h:
