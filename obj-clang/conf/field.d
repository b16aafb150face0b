obj-clang/conf/field.o: conf/field.c conf/conf.h common/addr.h \
  conf/route.h common/vrrpd.h conf/field.h conf/diff.h common/msg.h

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

conf/field.h:

conf/diff.h:

common/msg.h:
