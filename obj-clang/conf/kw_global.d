obj-clang/conf/kw_global.o: conf/kw_global.c conf/keyword.h conf/conf.h \
  common/addr.h conf/route.h common/vrrpd.h conf/parse.h \
  common/payload.h common/msg.h

conf/keyword.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

conf/parse.h:

common/payload.h:

common/msg.h:
