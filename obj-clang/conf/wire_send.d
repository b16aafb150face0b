obj-clang/conf/wire_send.o: conf/wire_send.c conf/field.h conf/diff.h \
  conf/conf.h common/addr.h conf/route.h common/vrrpd.h common/msg.h \
  common/payload.h conf/wire_int.h conf/wire.h common/imsg.h

conf/field.h:

conf/diff.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

common/msg.h:

common/payload.h:

conf/wire_int.h:

conf/wire.h:

common/imsg.h:
