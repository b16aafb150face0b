obj-clang/netlinkd/netlinkd.o: netlinkd/netlinkd.c netlinkd/internal.h \
  conf/conf.h common/addr.h conf/route.h common/vrrpd.h \
  netlinkd/ledger.h common/log.h netlinkd/netlinkd.h common/payload.h \
  common/msg.h common/mono.h

netlinkd/internal.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

netlinkd/ledger.h:

common/log.h:

netlinkd/netlinkd.h:

common/payload.h:

common/msg.h:

common/mono.h:
