obj-clang/common/child.o: common/child.c common/child.h common/payload.h \
  common/addr.h common/msg.h common/vrrpd.h common/sandbox.h \
  common/imsg.h common/log.h common/mono.h

common/child.h:

common/payload.h:

common/addr.h:

common/msg.h:

common/vrrpd.h:

common/sandbox.h:

common/imsg.h:

common/log.h:

common/mono.h:
