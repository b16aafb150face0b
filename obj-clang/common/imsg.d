obj-clang/common/imsg.o: common/imsg.c common/imsg.h common/vrrpd.h \
  common/msg.h

common/imsg.h:

common/vrrpd.h:

common/msg.h:
