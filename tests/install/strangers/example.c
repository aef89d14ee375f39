/* The mean response of each subject to some pictures: corticast from plain C.
 *
 *   example MODEL ROI RESPONSES PICTURE.bmp...
 *
 * Pictures are 24-bit BMP files, whose rows begin at the bottom and whose samples are blue, green,
 * red: strides say so, and nothing is copied. RESPONSES becomes float32 [subjects, pictures,
 * columns].
 * cc example.c $(pkg-config --cflags --libs corticast) */
#include <corticast/corticast.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char* what) {
  fprintf(stderr, "example: %s: %s\n  %s\n", what, corticast_last_error(), corticast_last_hint());
  exit(EXIT_FAILURE);
}

static uint32_t number(const uint8_t* bytes) {
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static corticast_image read_bmp(const char* path) {
  FILE* file = fopen(path, "rb");
  uint8_t header[54];
  uint8_t* pixels;
  size_t row;
  corticast_image image;
  if (file == NULL || fread(header, 1, sizeof header, file) != sizeof header ||
      memcmp(header, "BM", 2) != 0 || header[28] != 24 || number(header + 10) != sizeof header) {
    fprintf(stderr, "example: %s is no plain 24-bit BMP file\n", path);
    exit(EXIT_FAILURE);
  }
  image.width = number(header + 18);
  image.height = number(header + 22);
  row = ((size_t)image.width * 3 + 3) / 4 * 4;
  pixels = malloc(row * image.height);
  if (pixels == NULL || fread(pixels, row, image.height, file) != image.height) {
    fprintf(stderr, "example: %s ends too early\n", path);
    exit(EXIT_FAILURE);
  }
  fclose(file);
  /* The first sample is the red one of the last row, which is the uppermost. */
  image.data = pixels + row * (image.height - 1) + 2;
  image.row_stride = -(ptrdiff_t)row;
  image.pixel_stride = 3;
  image.channel_stride = -1;
  return image;
}

static void free_pixels(const corticast_image* image) {
  free((uint8_t*)image->data - 2 + image->row_stride * (ptrdiff_t)(image->height - 1));
}

static int show_progress(size_t done, size_t total, void* user) {
  (void)user;
  fprintf(stderr, "%lu of %lu\n", (unsigned long)done, (unsigned long)total);
  return 0;
}

int main(int argc, char** argv) {
  const size_t n = argc > 4 ? (size_t)argc - 4 : 0;
  corticast_model* model;
  corticast_encoder* encoder;
  corticast_options options;
  corticast_layout layout;
  corticast_image* images = calloc(n + 1, sizeof *images);
  float** responses;
  float* values;
  FILE* out;
  size_t i, t, each;

  if (n == 0 || images == NULL) {
    fprintf(stderr, "usage: example MODEL ROI RESPONSES PICTURE.bmp...\n");
    return EXIT_FAILURE;
  }
  if (corticast_model_open(argv[1], &model) != CORTICAST_OK) die("model");

  corticast_options_init(&options, sizeof options);
  options.roi = argv[2];
  options.device = getenv("EXAMPLE_DEVICE"); /* NULL: the library chooses */
  options.progress = show_progress;
  if (corticast_encoder_create(model, &options, &encoder) != CORTICAST_OK) die("encoder");
  corticast_model_close(model);

  layout.struct_size = sizeof layout;
  corticast_encoder_get_layout(encoder, &layout);
  printf("corticast %s on %s\n", corticast_version(), layout.device);
  each = n * layout.columns;
  values = calloc(layout.targets * each, sizeof *values);
  responses = calloc(layout.targets, sizeof *responses);
  if (values == NULL || responses == NULL) return EXIT_FAILURE;
  for (t = 0; t < layout.targets; ++t) responses[t] = values + t * each;

  for (i = 0; i < n; ++i) images[i] = read_bmp(argv[4 + i]);
  if (corticast_encode_images(encoder, images, n, responses) != CORTICAST_OK) die("encoding");
  for (i = 0; i < n; ++i) free_pixels(&images[i]);

  for (t = 0; t < layout.targets; ++t) {
    double sum = 0;
    for (i = 0; i < each; ++i) sum += responses[t][i];
    printf("%s %s: %lu columns (%s ... %s), mean %g\n",
           corticast_encoder_target_dataset(encoder, t), corticast_encoder_target_name(encoder, t),
           (unsigned long)layout.columns, corticast_encoder_column_name(encoder, 0),
           corticast_encoder_column_name(encoder, layout.columns - 1), sum / (double)each);
  }
  out = fopen(argv[3], "wb");
  if (out == NULL ||
      fwrite(values, sizeof *values, layout.targets * each, out) != layout.targets * each ||
      fclose(out) != 0) {
    fprintf(stderr, "example: cannot write %s\n", argv[3]);
    return EXIT_FAILURE;
  }
  corticast_encoder_destroy(encoder);
  free(responses);
  free(values);
  free(images);
  return EXIT_SUCCESS;
}
