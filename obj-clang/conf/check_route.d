obj-clang/conf/check_route.o: conf/check_route.c conf/entry.h \
  conf/keyword.h conf/conf.h common/addr.h conf/route.h common/vrrpd.h \
  conf/parse.h common/payload.h common/msg.h

conf/entry.h:

conf/keyword.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

conf/parse.h:

common/payload.h:

common/msg.h:
