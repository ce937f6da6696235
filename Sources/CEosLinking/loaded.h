/* The objects that are loaded, as their dynamic sections describe them (System V ABI, chapter 5). */
#ifndef EOS_LOADED_H
#define EOS_LOADED_H

#include <link.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    ElfW(Addr) base;
    /* Tells it from all others. */
    const ElfW(Dyn) * dynamic;
    const char *file;
    /* Of all its segments. */
    uintptr_t first, end;
    /* Pages that are read-only once it is loaded; empty if first_page is end_page. */
    uintptr_t first_page, end_page;
    const ElfW(Sym) * symbols;
    const char *strings;
    /* A version for each symbol, or NULL. */
    const ElfW(Half) * versions;
    const ElfW(Rela) * relocations[2];
    size_t relocation_counts[2];
    const char *soname;
    size_t initialisers;
} loaded_object;

typedef struct {
    loaded_object *objects;
    size_t count;
} loaded_list;

/* Returns 0, or ENOMEM. The list must be freed. */
int loaded_now(loaded_list *list);
void loaded_free(loaded_list *list);

#endif
