/* A VFS of SQLite for tests: it passes every call on and tells of those that change files. */
#ifndef SQLITE_DISK_H
#define SQLITE_DISK_H

enum { SQLITE_DISK_WRITE = 1, SQLITE_DISK_TRUNCATE, SQLITE_DISK_SYNC, SQLITE_DISK_DELETE };

/* Asked before a call and told after it, on any thread. Before it, a result other than 0 (SQLITE_FULL) makes the call
   fail with that and do nothing; after it, the result is not looked at. */
typedef int (*sqlite_disk_watch)(int call, int is_done, const char *path);

/* Makes it the VFS of every database that this process opens from now on. */
void sqlite_disk_install(sqlite_disk_watch watch);

#endif
