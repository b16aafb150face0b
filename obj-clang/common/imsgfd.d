obj-clang/common/imsgfd.o: common/imsgfd.c common/imsg.h common/vrrpd.h

common/imsg.h:

common/vrrpd.h:
