obj-clang/common/payload.o: common/payload.c common/msg.h \
  common/payload.h common/addr.h common/vrrpd.h

common/msg.h:

common/payload.h:

common/addr.h:

common/vrrpd.h:
