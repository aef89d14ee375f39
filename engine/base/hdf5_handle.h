// The HDF5 C library's identifiers as owners, its statuses as errors, and the shapes of dataset and
// attribute that corticast exchanges. HDF5 is not thread-safe: one thread at a time.
#pragma once

#include <hdf5.h>

#include <string>
#include <utility>
#include <vector>

namespace corticast::hdf5 {

// Owns an HDF5 identifier. The destructor ignores the status of closing; where that matters, call
// close().
class Handle {
 public:
  using Closer = herr_t (*)(hid_t);

  Handle() = default;
  // Throws Error{kOutput} saying what failed if id is negative.
  Handle(hid_t id, Closer closer, const char* what);
  ~Handle() {
    if (id_ >= 0) closer_(id_);
  }
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), closer_(std::exchange(other.closer_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(closer_, other.closer_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  hid_t get() const { return id_; }
  void close(const char* what);
  // Gives up the identifier without closing it.
  void abandon() { id_ = -1; }

 private:
  hid_t id_ = -1;
  Closer closer_ = nullptr;
};

// While it lives, the library says nothing on stderr in this thread.
class Quiet {
 public:
  Quiet();
  ~Quiet();
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  H5E_auto2_t printer_ = nullptr;
  void* printers_ = nullptr;
  bool known_;
};

// Before anything that writes: silences the library's own printing to stderr and its clean-up at
// exit, which writes to files that have already failed.
void initialise();

// Throws Error{kOutput, "<what>: <the operating system's or the library's reason>"} if negative.
void check(herr_t status, const char* what);

// A file access list: readable by every HDF5 since 1.8 and after a kill between flushes (library
// bounds earliest..v18), without the library's own file locks, which exclude readers for no gain.
Handle file_access();

Handle simple_space(const std::vector<hsize_t>& shape);

// Variable-length string type; marked UTF-8 or, for bytes that are not, ASCII (h5py gives bytes
// objects either way).
Handle text_type(bool utf8);

void write_attribute(hid_t object, const char* name, const std::string& text);
void write_attribute(hid_t object, const char* name, unsigned long long value);

// One-dimensional dataset under `file`, parent groups made as needed, one contiguous block.
// memory_type is a native integer type.
void write_vector(hid_t file, const char* path, hid_t file_type, hid_t memory_type,
                  const void* values, std::size_t size);

// Link creation list that makes missing groups.
Handle with_parents();

}  // namespace corticast::hdf5
