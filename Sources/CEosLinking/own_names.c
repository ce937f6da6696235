#define _GNU_SOURCE
#include "own_names.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "loaded.h"

#if defined(__x86_64__)
enum { IN_CODE = R_X86_64_JUMP_SLOT, IN_TABLE = R_X86_64_GLOB_DAT, IN_DATA = R_X86_64_64 };
#elif defined(__aarch64__)
enum { IN_CODE = R_AARCH64_JUMP_SLOT, IN_TABLE = R_AARCH64_GLOB_DAT, IN_DATA = R_AARCH64_ABS64 };
#endif

struct own_names_before {
    loaded_list loaded;
};

own_names_before *own_names_remember(void) {
    own_names_before *before = malloc(sizeof *before);
    if (before != NULL && loaded_now(&before->loaded) != 0) {
        free(before);
        return NULL;
    }
    return before;
}

void own_names_forget(own_names_before *before) {
    if (before != NULL) loaded_free(&before->loaded);
    free(before);
}

/* The handle, the objects that were loaded with it, and how names are looked up. */
typedef struct {
    void *handle, *program;
    const loaded_object **own;
    size_t count;
    own_names_found *found;
    void *context;
} binding;

static bool holds(const loaded_list *list, const loaded_object *object) {
    for (size_t i = 0; i < list->count; i++)
        if (list->objects[i].dynamic == object->dynamic && list->objects[i].base == object->base) return true;
    return false;
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static bool is_called(const loaded_object *object, const char *needed) {
    return (object->soname != NULL && strcmp(object->soname, file_name(needed)) == 0) ||
           strcmp(file_name(object->file), file_name(needed)) == 0;
}

static void take(binding *binding, const loaded_object *object) {
    for (size_t i = 0; i < binding->count; i++)
        if (binding->own[i] == object) return;
    binding->own[binding->count++] = object;
}

/* What the handle needs, directly or not, and was not there before: another thread may load at the same time. */
static void collect(binding *binding, const own_names_before *before, const loaded_list *now, const ElfW(Dyn) * root) {
    for (size_t i = 0; i < now->count; i++) {
        const loaded_object *object = &now->objects[i];
        if (object->dynamic == root && !holds(&before->loaded, object)) take(binding, object);
    }
    for (size_t next = 0; next < binding->count; next++) {
        const loaded_object *object = binding->own[next];
        for (const ElfW(Dyn) *entry = object->dynamic; entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag != DT_NEEDED) continue;
            for (size_t i = 0; i < now->count; i++)
                if (is_called(&now->objects[i], object->strings + entry->d_un.d_val) &&
                    !holds(&before->loaded, &now->objects[i]))
                    take(binding, &now->objects[i]);
        }
    }
}

static bool is_own(const binding *binding, uintptr_t address) {
    for (size_t i = 0; i < binding->count; i++)
        if (address >= binding->own[i]->first && address < binding->own[i]->end) return true;
    return false;
}

static bool is_shared(const char *name) {
    static const char *const allocation[] = {
        "aligned_alloc", "calloc",         "cfree",   "free",        "free_aligned_sized", "free_sized",
        "mallinfo",      "mallinfo2",      "malloc",  "malloc_trim", "malloc_usable_size", "mallopt",
        "memalign",      "posix_memalign", "pvalloc", "realloc",     "reallocarray",       "valloc",
    };
    if (name[0] == '_' || name[0] == '\0') return true;
    for (size_t i = 0; i < sizeof allocation / sizeof *allocation; i++)
        if (strcmp(name, allocation[i]) == 0) return true;
    return false;
}

static bool is_preloaded(const char *file) {
    const char *list = getenv("LD_PRELOAD");
    return list != NULL && *file_name(file) != '\0' && strstr(list, file_name(file)) != NULL;
}

/* A reference with a version was bound to the library of that version when the object was linked. */
static bool is_versioned(const loaded_object *object, size_t symbol) {
    return object->symbols[symbol].st_shndx == SHN_UNDEF && object->versions != NULL &&
           (object->versions[symbol] & 0x7fff) > VER_NDX_GLOBAL;
}

/* The own definition of what the place refers to, and the file whose definition it has been given; 0 if they agree. */
static uintptr_t own_definition(const binding *binding, const loaded_object *object, const ElfW(Rela) * relocation,
                                const char **elsewhere) {
    size_t index = ELF64_R_SYM(relocation->r_info);
    const char *name = object->strings + object->symbols[index].st_name;
    uintptr_t addend = ELF64_R_TYPE(relocation->r_info) == IN_DATA ? (uintptr_t)relocation->r_addend : 0;
    uintptr_t there = *(uintptr_t *)(object->base + relocation->r_offset) - addend;
    if (is_own(binding, there) || is_shared(name) || is_versioned(object, index)) return 0;
    uintptr_t own = (uintptr_t)dlsym(binding->handle, name);
    if (own == there || !is_own(binding, own)) return 0;
    // What an initialiser has stored in place of it stays.
    Dl_info other, mine;
    const ElfW(Sym) *symbol = NULL;
    if ((uintptr_t)dlsym(binding->program, name) != there || dladdr((void *)there, &other) == 0) return 0;
    if (dladdr1((void *)own, &mine, (void **)&symbol, RTLD_DL_SYMENT) != 0 && symbol != NULL &&
        ELF64_ST_BIND(symbol->st_info) == STB_GNU_UNIQUE)
        return 0;
    if (is_preloaded(other.dli_fname)) return 0;
    *elsewhere = other.dli_fname;
    return own + addend;
}

static int protect(const loaded_object *object, int protection) {
    if (object->first_page == object->end_page) return 0;
    return mprotect((void *)object->first_page, object->end_page - object->first_page, protection) == 0 ? 0 : errno;
}

static int bind_object(const binding *binding, const loaded_object *object) {
    bool is_open = false;
    int status = 0;
    for (int table = 0; table < 2 && status == 0; table++)
        for (size_t i = 0; i < object->relocation_counts[table] && status == 0; i++) {
            const ElfW(Rela) *relocation = &object->relocations[table][i];
            unsigned type = (unsigned)ELF64_R_TYPE(relocation->r_info);
            if (type != IN_CODE && type != IN_TABLE && type != IN_DATA) continue;
            const char *elsewhere = "";
            uintptr_t own = own_definition(binding, object, relocation, &elsewhere);
            if (own == 0) continue;
            if (!is_open) status = protect(object, PROT_READ | PROT_WRITE);
            if (status != 0) break;
            is_open = true;
            uintptr_t *place = (uintptr_t *)(object->base + relocation->r_offset);
            __atomic_store_n(place, own, __ATOMIC_RELEASE);
            const char *name = object->strings + object->symbols[ELF64_R_SYM(relocation->r_info)].st_name;
            // Every object has the one of the compiler.
            binding->found(binding->context, name, object->file, elsewhere, object->initialisers > 1);
        }
    if (is_open) (void)protect(object, PROT_READ);
    return status;
}

int own_names_bind(const own_names_before *before, void *handle, own_names_found *found, void *context) {
    struct link_map *map = NULL;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0) return 0;
    loaded_list now;
    if (loaded_now(&now) != 0) return ENOMEM;
    binding binding = {.handle = handle, .program = dlopen(NULL, RTLD_NOW), .found = found, .context = context};
    binding.own = calloc(now.count + 1, sizeof *binding.own);
    int status = binding.own == NULL || binding.program == NULL ? ENOMEM : 0;
    if (status == 0) collect(&binding, before, &now, map->l_ld);
    for (size_t i = 0; i < binding.count && status == 0; i++) status = bind_object(&binding, binding.own[i]);
    free(binding.own);
    if (binding.program != NULL) dlclose(binding.program);
    loaded_free(&now);
    return status;
}
