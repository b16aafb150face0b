obj-clang/netlinkd/ledger.o: netlinkd/ledger.c netlinkd/ledger.h \
  conf/conf.h common/addr.h conf/route.h common/vrrpd.h

netlinkd/ledger.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:
