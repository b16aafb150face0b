obj-clang/common/logsyslog.o: common/logsyslog.c common/log.h \
  common/mono.h common/vrrpd.h

common/log.h:

common/mono.h:

common/vrrpd.h:
