// The list of images of a run: what the user named, expanded, in a fixed order, and how to load
// number k. Images are read when they are needed, never all at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace corticast {

// What the user typed.
struct InputSpec {
  std::vector<std::string> arguments;  // files, folders, @LIST, "-" for standard input, .npy arrays
  bool nul_separated = false;          // -0: lists are separated by NUL instead of newline
};

// The expanded list. Immutable after construction; load() may be called from many threads.
class ImageSource {
 public:
  // Expands folders (recursive; .jpg .jpeg .png .bmp in any case; sorted bytewise by path relative
  // to the folder; symlink loops are followed once), list files and arrays (header only).
  // A listed path that is missing shows when it is loaded; a missing argument, folder, list or
  // array is refused here. @ and - mean nothing inside a list.
  // Throws Error{kUsage} naming what is missing, or when there is no image at all.
  explicit ImageSource(const InputSpec& spec);
  ~ImageSource();
  ImageSource(const ImageSource&) = delete;
  ImageSource& operator=(const ImageSource&) = delete;

  std::size_t size() const;
  // Name of image k as recorded in outputs: path as given, or relative to its folder, or
  // "name.npy#k". Bytes, not necessarily UTF-8.
  const std::string& name(std::size_t k) const;
  // Decodes, crops and resizes image k into out, uint8 [224, 224, 3].
  // Throws Error{kImage} with the reason (without the name); Error{kDevice} or std::bad_alloc where
  // memory runs out, which says nothing about the image.
  void load(std::size_t k, std::uint8_t* out) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace corticast
