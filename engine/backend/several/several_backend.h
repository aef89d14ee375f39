// Several devices behind one face: batches go to them in turn, so that each computes while the
// others do, and come back in the order in which they were submitted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace corticast {

struct NamedBackend {
  std::string device;  // "cuda:1": stands before what this one says or finds
  std::unique_ptr<Backend> backend;
};

// A backend over `devices`, two or more. Programs have the slots of all devices and the weights on
// each; compiling and self-tests run on all at once, each device in a thread, measurements one
// after the other. Memory is summed, the automatic batch is the least of all.
//
// Batch after batch goes round, so unlike devices wait for the slowest, and where devices compute
// differently (other cards, plans that were timed) an image's bits depend on the one that it came
// to. A program has no thread for each device: submit() of a device only queues work and returns,
// and between two batches of one device the caller waits for each of the others once, so every
// device has its next batch before the last is done as long as rows can be written fast enough.
std::unique_ptr<Backend> join_backends(std::vector<NamedBackend> devices);

}  // namespace corticast
