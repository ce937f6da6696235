#include "sqlite_disk.h"

#include <sqlite3.h>
#include <stddef.h>

static sqlite3_vfs *system_vfs;
static sqlite3_vfs own_vfs;
static sqlite_disk_watch watcher;

/* The system's file lies behind. */
typedef struct {
    sqlite3_file base;
    const char *path;
} disk_file;

static sqlite3_file *system_file(sqlite3_file *file) { return (sqlite3_file *)((disk_file *)file + 1); }

static const char *path_of(sqlite3_file *file) { return ((disk_file *)file)->path; }

static int close_file(sqlite3_file *file) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xClose(own);
}

static int read_file(sqlite3_file *file, void *buffer, int count, sqlite3_int64 offset) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xRead(own, buffer, count, offset);
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    sqlite3_file *own = system_file(file);
    int status = watcher(SQLITE_DISK_WRITE, 0, path_of(file));
    if (status == SQLITE_OK) status = own->pMethods->xWrite(own, bytes, count, offset);
    if (status == SQLITE_OK) watcher(SQLITE_DISK_WRITE, 1, path_of(file));
    return status;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    sqlite3_file *own = system_file(file);
    int status = watcher(SQLITE_DISK_TRUNCATE, 0, path_of(file));
    if (status == SQLITE_OK) status = own->pMethods->xTruncate(own, size);
    if (status == SQLITE_OK) watcher(SQLITE_DISK_TRUNCATE, 1, path_of(file));
    return status;
}

static int sync_file(sqlite3_file *file, int flags) {
    sqlite3_file *own = system_file(file);
    int status = watcher(SQLITE_DISK_SYNC, 0, path_of(file));
    if (status == SQLITE_OK) status = own->pMethods->xSync(own, flags);
    if (status == SQLITE_OK) watcher(SQLITE_DISK_SYNC, 1, path_of(file));
    return status;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xFileSize(own, size);
}

static int lock_file(sqlite3_file *file, int level) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xLock(own, level);
}

static int unlock_file(sqlite3_file *file, int level) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xUnlock(own, level);
}

static int check_lock(sqlite3_file *file, int *is_locked) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xCheckReservedLock(own, is_locked);
}

static int control_file(sqlite3_file *file, int code, void *argument) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xFileControl(own, code, argument);
}

static int sector_size(sqlite3_file *file) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xSectorSize(own);
}

static int characteristics(sqlite3_file *file) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xDeviceCharacteristics(own);
}

static int map_shared(sqlite3_file *file, int page, int size, int extend, void volatile **out) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xShmMap(own, page, size, extend, out);
}

static int lock_shared(sqlite3_file *file, int offset, int count, int flags) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xShmLock(own, offset, count, flags);
}

static void fence_shared(sqlite3_file *file) {
    sqlite3_file *own = system_file(file);
    own->pMethods->xShmBarrier(own);
}

static int unmap_shared(sqlite3_file *file, int is_deleted) {
    sqlite3_file *own = system_file(file);
    return own->pMethods->xShmUnmap(own, is_deleted);
}

/* Version 2: no pages of a file are mapped, so that every change of one is a call. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = fence_shared,
    .xShmUnmap = unmap_shared,
};

static int open_file(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags, int *out) {
    (void)vfs;
    disk_file *own = (disk_file *)file;
    own->path = path != NULL ? path : "";
    int status = system_vfs->xOpen(system_vfs, path, system_file(file), flags, out);
    own->base.pMethods = system_file(file)->pMethods != NULL ? &methods : NULL;
    return status;
}

static int delete_file(sqlite3_vfs *vfs, const char *path, int synchronise) {
    (void)vfs;
    int status = watcher(SQLITE_DISK_DELETE, 0, path);
    if (status == SQLITE_OK) status = system_vfs->xDelete(system_vfs, path, synchronise);
    if (status == SQLITE_OK) watcher(SQLITE_DISK_DELETE, 1, path);
    return status;
}

void sqlite_disk_install(sqlite_disk_watch watch) {
    watcher = watch;
    system_vfs = sqlite3_vfs_find(NULL);
    own_vfs = *system_vfs;
    own_vfs.zName = "disk";
    own_vfs.pNext = NULL;
    own_vfs.szOsFile = (int)sizeof(disk_file) + system_vfs->szOsFile;
    own_vfs.xOpen = open_file;
    own_vfs.xDelete = delete_file;
    sqlite3_vfs_register(&own_vfs, 1);
}
