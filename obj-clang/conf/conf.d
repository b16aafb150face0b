obj-clang/conf/conf.o: conf/conf.c conf/conf.h common/addr.h conf/route.h \
  common/vrrpd.h

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:
