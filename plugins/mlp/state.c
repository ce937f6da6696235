/* What later evaluations depend on: the first layer's product with the samples where rays carry it on. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mlp.h"

static const char KIND[] = "mlp/2";

/* In the byte order of the machine, as are all vectors of a saved state. */
typedef struct header {
    char kind[8];
    int64_t size; /* bytes of the base that follow; 0: none is held */
    int64_t carried;
    mlp_digest data;    /* of the training samples */
    mlp_digest at;      /* of the point's first layer */
    mlp_digest content; /* of the base */
    mlp_digest self;    /* of the header up to here */
} header;

static mlp_digest header_digest(const header *head) { return mlp_digest_of(head, offsetof(header, self)); }

static int is_same(const mlp_digest *a, const mlp_digest *b) { return memcmp(a, b, sizeof *a) == 0; }

eos_status mlp_save(void *self, const eos_writer *writer) {
    mlp *m = self;
    const mlp_ray *ray = &m->ray;
    header head = {.size = 0, .data = mlp_digest_of_data(m)};
    memcpy(head.kind, KIND, sizeof head.kind);
    if (ray->holds) {
        head.size = mlp_base_size(m);
        head.carried = ray->carried;
        head.at = ray->at;
        head.content = mlp_digest_of(ray->base, head.size);
    }
    head.self = header_digest(&head);
    eos_status status = eos_write_all(writer, &head, (int64_t)sizeof head);
    return status || head.size == 0 ? status : eos_write_all(writer, ray->base, head.size);
}

/* The header says what can be true of this network. */
static eos_status check(mlp *m, const header *head) {
    mlp_digest expected = header_digest(head), data = mlp_digest_of_data(m);
    if (memcmp(head->kind, KIND, sizeof head->kind) != 0 || !is_same(&head->self, &expected)) {
        return eos_fail(m->host, EOS_E_FORMAT,
                        "the saved state is damaged or was saved by another version of eos.mlp; use an intact one");
    }
    if (head->size != 0 && head->size != mlp_base_size(m)) {
        return eos_fail(
            m->host, EOS_E_FORMAT,
            "the saved state has %lld bytes for the first layer, but this network has %lld; use the samples, "
            "layers and dtype of the saved run",
            (long long)head->size, (long long)mlp_base_size(m));
    }
    if (!is_same(&head->data, &data)) {
        return eos_fail(
            m->host, EOS_E_FORMAT,
            "the saved state belongs to other training samples; use the inputs and labels of the saved run, in "
            "their order");
    }
    return EOS_OK;
}

static eos_status read_base(const mlp *m, const eos_reader *reader, const header *head, void **out) {
    if (head->size == 0) return EOS_OK;
    *out = eos_allocate(m->host, "values along a ray", head->size, 1, 1);
    eos_status status = *out ? eos_read_all(reader, *out, head->size) : EOS_E_MEMORY;
    if (status) return status;
    mlp_digest content = mlp_digest_of(*out, head->size);
    if (is_same(&content, &head->content)) return EOS_OK;
    return eos_fail(
        m->host, EOS_E_FORMAT,
        "the saved state is damaged: the values of the first layer have another checksum; use an intact one");
}

eos_status mlp_load(void *self, const eos_reader *reader) {
    mlp *m = self;
    header head;
    void *base = NULL;
    eos_status status = eos_read_all(reader, &head, (int64_t)sizeof head);
    if (!status) status = check(m, &head);
    if (!status) status = read_base(m, reader, &head, &base);
    if (!status && eos_read_end(reader)) {
        status = eos_fail(m->host, EOS_E_FORMAT, "the saved state is damaged: bytes follow its end; use an intact one");
    }
    if (status) {
        free(base);
        return status;
    }
    mlp_ray_free(&m->ray);
    m->ray.base = base;
    m->ray.holds = base != NULL;
    m->ray.carried = head.carried;
    m->ray.at = head.at;
    return EOS_OK;
}
