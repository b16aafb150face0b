obj-clang/conf/diff.o: conf/diff.c conf/field.h conf/diff.h conf/conf.h \
  common/addr.h conf/route.h common/vrrpd.h common/msg.h

conf/field.h:

conf/diff.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

common/msg.h:
