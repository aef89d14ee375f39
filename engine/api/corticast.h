/* corticast: predicted cortical fMRI responses to images. The C interface of the library.
 *
 *   corticast_model *model;
 *   corticast_encoder *encoder;
 *   corticast_options options;
 *   corticast_options_init(&options, sizeof options);
 *   options.roi = "V1,V2";
 *   corticast_model_open("nsd.corticast", &model);
 *   corticast_encoder_create(model, &options, &encoder);
 *   corticast_encode_images(encoder, images, n, responses);
 *   corticast_encoder_destroy(encoder);
 *   corticast_model_close(model);
 *
 * Functions that can fail return a corticast_status, 0 being good; what went wrong is then in
 * corticast_last_error() of the same thread. After a failure, every handle can be used as before.
 * Nothing is printed, no signal or environment variable is touched, no exception leaves a call.
 * Strings are UTF-8 (paths: bytes) and end with NUL; those that the library gives live as long as
 * the handle that they came from. Where a pointer may be NULL it is said.
 *
 * Threads: models may be shared by any number of threads. Calls on one encoder take turns; several
 * encoders work at the same time. Nobody may use a handle that is being destroyed.
 *
 * Structures begin with their size: functions read and write no further, so that a program built
 * against an older header goes on working. The same image gives the same bits whatever the images
 * beside it, their number, the order and the threads.
 *
 * Where a GPU is used, the library keeps notes on its self-test in the folder that the programs use
 * (CORTICAST_CACHE, XDG_CACHE_HOME). */
#ifndef CORTICAST_H
#define CORTICAST_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define CORTICAST_API __attribute__((visibility("default")))
#else
#define CORTICAST_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The same numbers as the programs' exit codes. */
typedef enum corticast_status {
  CORTICAST_OK = 0,
  CORTICAST_INTERNAL = 1, /* a bug in corticast */
  CORTICAST_USAGE = 2,    /* an argument: NULL, unknown subject, ROI or group, empty selection */
  CORTICAST_MODEL = 3,    /* model file refused */
  CORTICAST_IMAGE = 4,    /* an image that cannot be used */
  CORTICAST_DEVICE = 6,   /* device or precision not available, out of memory */
  CORTICAST_STOPPED = 75  /* a progress callback asked for it */
} corticast_status;

typedef struct corticast_model corticast_model;
typedef struct corticast_encoder corticast_encoder;

CORTICAST_API const char* corticast_version(void); /* "0.1.0"; never fails */

/* Why the last call of this thread that failed did so, and what to do about it ("" if there is
 * nothing to say). Calls that succeed leave both as they are. Valid until this thread's next call.
 * Never NULL. Some kilobytes at most: longer texts are cut. */
CORTICAST_API const char* corticast_last_error(void);
CORTICAST_API const char* corticast_last_hint(void);

/* ---- models ---- */

/* Maps the file and checks its header; weights are read, and checked, when an encoder needs them.
 * The file must not be changed or cut while the model or an encoder made from it is there. *model
 * is NULL after a failure. */
CORTICAST_API corticast_status corticast_model_open(const char* path, corticast_model** model);
/* Encoders made from it stay good. NULL is fine. */
CORTICAST_API void corticast_model_close(corticast_model* model);

typedef struct corticast_model_info {
  size_t struct_size; /* set by the caller: sizeof(corticast_model_info) */
  const char* model_id;
  const char* model_hash; /* 64 hex digits */
  const char* vertex_set; /* "all", "visual", "none" */
  int untrained;          /* 1: synthetic weights, no predictions */
  int multihead;          /* 0: one readout, results without subjects */
  uint32_t channels;
  uint32_t vertices;            /* rows of a readout */
  size_t subjects;              /* see corticast_model_subject */
  const int32_t* grayordinates; /* [vertices] ascending, of 91,282; NULL without an atlas */
} corticast_model_info;

CORTICAST_API corticast_status corticast_model_get_info(const corticast_model* model,
                                                        corticast_model_info* info);
/* "NSD-01"; NULL if there are not so many. */
CORTICAST_API const char* corticast_model_subject(const corticast_model* model, size_t index);

/* ---- encoders: a model, what to predict, where ---- */

typedef enum corticast_input {
  CORTICAST_IMAGES = 0,    /* corticast_encode_images: 8-bit RGB of any size */
  CORTICAST_NORMALISED = 1 /* corticast_encode_normalised: the network's own float32 input */
} corticast_input;

/* Callbacks are called on the thread that called the library, and must not use the encoder that
 * calls them. */

/* A sentence for a log. */
typedef void (*corticast_log)(const char* message, void* user);
/* After each batch. Not 0: stop. Batches that were begun are finished, and told of as well; unless
 * they are the last, the call then returns CORTICAST_STOPPED. Responses of the first `done` images
 * are complete, others untouched. */
typedef int (*corticast_progress)(size_t done, size_t total, void* user);

/* Strings are as on the command line of `corticast encode`; NULL is the default, "" is refused.
 * Everything is copied by corticast_encoder_create. All zeros are the defaults. */
typedef struct corticast_options {
  size_t struct_size;       /* set by corticast_options_init */
  const char* subjects;     /* "NSD-01,NSD-05"; NULL: all */
  const char* roi;          /* "L_V1,V2,GlasserGroup_5" */
  const char* groups;       /* "1-5,9" */
  const uint32_t* vertices; /* [vertex_count] columns of the model, any order */
  size_t vertex_count;   /* 0: none. The selection is the union of all; none at all: everything */
  int expand;            /* 1: 91,282 columns, NaN where nothing is predicted */
  const char* reduce;    /* "roi-mean", "group-mean", a matrix' file name */
  const char* device;    /* "auto" (default), "cpu", "cuda", "cuda:1", ... */
  const char* precision; /* "fp32" (default), "fp32-strict", "tf32", "fp16", "bf16" */
  const char* readout;   /* "auto" (default), "fused", "gemm" */
  unsigned threads;      /* of the CPU; 0: as many as the process may use */
  size_t batch;          /* images computed together, 1 .. 65,536; 0: as suits the device. A GPU
                            computes whole batches: 1 or few where images come one by one */
  int input;             /* a corticast_input */
  corticast_log log;     /* may be NULL */
  corticast_progress progress;   /* may be NULL */
  void* user;                    /* handed to both */
  const char* min_noise_ceiling; /* "test_n-avg:0.2": of the selection those vertices alone that
                                    have it in every subject asked for */
} corticast_options;

/* The defaults. struct_size: sizeof(corticast_options), as the caller knows it. NULL does nothing.
 */
CORTICAST_API void corticast_options_init(corticast_options* options, size_t struct_size);

/* Reads and checks the weights it needs, takes its memory, checks a GPU before its first use.
 * options may be NULL: all defaults. *encoder is NULL after a failure. */
CORTICAST_API corticast_status corticast_encoder_create(const corticast_model* model,
                                                        const corticast_options* options,
                                                        corticast_encoder** encoder);
CORTICAST_API void corticast_encoder_destroy(corticast_encoder* encoder); /* NULL is fine */

/* What comes out: for each target (subject) float32 [images, columns]. */
typedef struct corticast_layout {
  size_t struct_size; /* set by the caller */
  size_t targets;
  size_t columns;
  size_t batch;
  const char* device;           /* "cpu (2 threads, avx512)" */
  const int32_t* grayordinates; /* [columns]; NULL without an atlas, and with reduce */
  const uint8_t* groups;        /* [columns] Glasser group 1..22, 0: none; NULL likewise */
} corticast_layout;

CORTICAST_API corticast_status corticast_encoder_get_layout(const corticast_encoder* encoder,
                                                            corticast_layout* layout);
/* NULL if there are not so many. Name: "NSD-01", "readout" if unknown. Dataset:
 * "NaturalScenesDataset", "" if unknown. Subject: "sub-01", "" if unknown. */
CORTICAST_API const char* corticast_encoder_target_name(const corticast_encoder* encoder,
                                                        size_t target);
CORTICAST_API const char* corticast_encoder_target_dataset(const corticast_encoder* encoder,
                                                           size_t target);
CORTICAST_API const char* corticast_encoder_target_subject(const corticast_encoder* encoder,
                                                           size_t target);
/* ROI of a vertex ("L_V1") or name of an output of reduce; "" without an atlas. */
CORTICAST_API const char* corticast_encoder_column_name(const corticast_encoder* encoder,
                                                        size_t column);

/* ---- encoding ---- */

/* One 8-bit RGB image. Sample c of pixel (y, x) is data[y * row_stride + x * pixel_stride +
 * c * channel_stride]; strides are in bytes and may be negative. Interleaved: width * 3, 3, 1.
 * Planes [3, height, width]: width, 1, width * height. Width and height 1 .. 32,768, at most 100
 * million pixels. */
typedef struct corticast_image {
  const uint8_t* data;
  uint32_t width;
  uint32_t height;
  ptrdiff_t row_stride;
  ptrdiff_t pixel_stride;
  ptrdiff_t channel_stride;
} corticast_image;

/* Crops to the central square and resizes as Pillow does, then predicts. images: [n]; responses:
 * [targets], each to the caller's float32 [n, columns]. The library keeps neither. An image that
 * cannot be used stops the call before anything is computed (CORTICAST_IMAGE, its index in the
 * text). n may be 0; then both arrays may be NULL. After any other failure, responses are partly
 * written. */
CORTICAST_API corticast_status corticast_encode_images(corticast_encoder* encoder,
                                                       const corticast_image* images, size_t n,
                                                       float* const* responses);

/* input: float32 [n, 3, 224, 224], RGB, normalised as the model was trained: (pixel / 255 - mean) /
 * standard deviation of ImageNet. Values that are not finite give responses that are not. */
CORTICAST_API corticast_status corticast_encode_normalised(corticast_encoder* encoder,
                                                           const float* input, size_t n,
                                                           float* const* responses);

/* The 8-bit input of the network: pixels [224, 224, 3]. */
CORTICAST_API corticast_status corticast_preprocess(const corticast_image* image, uint8_t* pixels);

#ifdef __cplusplus
}
#endif

#endif
