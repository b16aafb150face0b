obj-clang/common/mono.o: common/mono.c common/mono.h common/vrrpd.h

common/mono.h:

common/vrrpd.h:
