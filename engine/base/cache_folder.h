// Small files in the user's cache folder: what a program found out about this machine and would
// rather not find out again. Everything works without them, so nothing here throws or complains.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace corticast {

// $CORTICAST_CACHE, else $XDG_CACHE_HOME/corticast, else ~/.cache/corticast; empty where none of
// the variables is set. As the XDG base directory specification says, a relative XDG_CACHE_HOME is
// ignored. The folder need not exist.
std::filesystem::path cache_folder();

// The file of that name, or nothing when it is absent, unreadable or larger than 1 MiB. Its content
// is untrusted: the reader checks it.
std::optional<std::string> read_cached(const std::string& name);

// Creates the folder where it is missing and replaces the file in one step, so that another process
// sees the old text or the new. False when it cannot be written.
bool write_cached(const std::string& name, std::string_view text);

}  // namespace corticast
