obj-clang/common/log.o: common/log.c common/log.h common/mono.h \
  common/vrrpd.h

common/log.h:

common/mono.h:

common/vrrpd.h:
