obj-clang/conf/route.o: conf/route.c conf/conf.h common/addr.h \
  conf/route.h common/vrrpd.h conf/field.h conf/diff.h common/msg.h

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

conf/field.h:

conf/diff.h:

common/msg.h:
