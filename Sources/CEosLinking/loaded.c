#define _GNU_SOURCE
#include "loaded.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc adds the base to the pointers of a dynamic section, unless the section is read-only. */
static uintptr_t place(const loaded_object *object, ElfW(Addr) address) {
    return address < object->base ? object->base + address : address;
}

static void describe(loaded_object *object, const struct dl_phdr_info *info) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    object->base = info->dlpi_addr;
    object->file = info->dlpi_name;
    object->first = UINTPTR_MAX;
    for (ElfW(Half) i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t first = info->dlpi_addr + header->p_vaddr, end = first + header->p_memsz;
        if (header->p_type == PT_DYNAMIC) object->dynamic = (const ElfW(Dyn) *)first;
        if (header->p_type == PT_GNU_RELRO) {
            object->first_page = first & ~(page - 1);
            object->end_page = end & ~(page - 1);
        }
        if (header->p_type != PT_LOAD) continue;
        if (first < object->first) object->first = first;
        if (end > object->end) object->end = end;
    }
}

static void read_dynamic(loaded_object *object) {
    size_t soname = 0;
    for (const ElfW(Dyn) *entry = object->dynamic; entry->d_tag != DT_NULL; entry++) {
        uintptr_t at = place(object, entry->d_un.d_ptr);
        switch (entry->d_tag) {
        case DT_SYMTAB: object->symbols = (const ElfW(Sym) *)at; break;
        case DT_STRTAB: object->strings = (const char *)at; break;
        case DT_VERSYM: object->versions = (const ElfW(Half) *)at; break;
        case DT_RELA: object->relocations[0] = (const ElfW(Rela) *)at; break;
        case DT_RELASZ: object->relocation_counts[0] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
        case DT_JMPREL: object->relocations[1] = (const ElfW(Rela) *)at; break;
        case DT_PLTRELSZ: object->relocation_counts[1] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
        case DT_INIT_ARRAYSZ: object->initialisers = entry->d_un.d_val / sizeof(void *); break;
        case DT_SONAME: soname = entry->d_un.d_val; break;
        default: break;
        }
    }
    if (soname != 0 && object->strings != NULL) object->soname = object->strings + soname;
}

static int add(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    loaded_list *list = context;
    loaded_object *grown = realloc(list->objects, (list->count + 1) * sizeof *grown);
    if (grown == NULL) return ENOMEM;
    list->objects = grown;
    loaded_object *object = &grown[list->count];
    *object = (loaded_object){0};
    describe(object, info);
    if (object->dynamic == NULL) return 0;
    read_dynamic(object);
    list->count++;
    return 0;
}

int loaded_now(loaded_list *list) {
    *list = (loaded_list){0};
    int status = dl_iterate_phdr(add, list);
    if (status != 0) loaded_free(list);
    return status;
}

void loaded_free(loaded_list *list) {
    free(list->objects);
    *list = (loaded_list){0};
}
