#include "engine/base/json.h"

#include <nlohmann/json.hpp>

namespace corticast {
namespace {

using Library = nlohmann::json;

std::string written(const Library& leaf) {
  return leaf.dump(-1, ' ', false, Library::error_handler_t::replace);
}

// The library's parser calls this for each thing that it reads.
class Builder {
 public:
  explicit Builder(std::size_t max_depth) : max_depth_(max_depth) {}

  Json take() { return std::move(root_); }

  bool null() { return add({}); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(std::int64_t value) { return add(value); }
  bool number_unsigned(std::uint64_t value) { return add(value); }
  bool number_float(double value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(Library::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::Object()); }
  bool start_array(std::size_t) { return open(Json::Array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    if (open_.back()->contains(name)) {
      throw JsonError("has the key " + json_text(name) + " twice");
    }
    key_ = std::move(name);
    return true;
  }
  template <typename Failure>
  [[noreturn]] bool parse_error(std::size_t, const std::string&, const Failure& failure) {
    throw JsonError(std::string("is not JSON: ") + failure.what());
  }

 private:
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json container) {
    if (open_.size() == max_depth_) throw JsonError("is nested too deeply");
    open_.push_back(&place(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  Json& place(Json value) {
    if (open_.empty()) return root_ = std::move(value);
    Json& container = *open_.back();
    if (container.is_object()) return container[key_] = std::move(value);
    return container.elements().emplace_back(std::move(value));
  }

  std::size_t max_depth_;
  Json root_;
  std::vector<Json*> open_;  // containers being read, outermost first; their owners do not move
  std::string key_;
};

}  // namespace

std::size_t Json::size() const {
  return is_array() ? elements().size() : is_object() ? items().size() : 0;
}

const Json* Json::find(const std::string& key) const {
  if (!is_object()) return nullptr;
  const auto found = items().find(key);
  return found == items().end() ? nullptr : &found->second;
}

const Json& Json::at(const std::string& key) const {
  const Json* const found = find(key);
  if (found == nullptr) throw exception("no " + json_text(key));
  return *found;
}

Json& Json::operator[](const std::string& key) {
  if (is_null()) value_ = Object();
  return items()[key];
}

std::string Json::value(const std::string& key, const char* otherwise) const {
  const Json* const found = find(key);
  return found == nullptr ? std::string(otherwise) : found->text();
}

bool Json::value(const std::string& key, bool otherwise) const {
  const Json* const found = find(key);
  return found == nullptr ? otherwise : found->get<bool>();
}

std::string Json::dump() const {
  std::string out;
  write(out);
  return out;
}

void Json::write(std::string& out) const {
  if (is_array()) {
    const char* before = "[";
    for (const Json& element : elements()) {
      out += std::exchange(before, ",");
      element.write(out);
    }
    out += elements().empty() ? "[]" : "]";
  } else if (is_object()) {
    const char* before = "{";
    for (const auto& [key, element] : items()) {
      out += std::exchange(before, ",") + json_text(key) + ":";
      element.write(out);
    }
    out += items().empty() ? "{}" : "}";
  } else if (const auto* const text = std::get_if<std::string>(&value_)) {
    out += json_text(*text);
  } else if (const auto* const flag = std::get_if<bool>(&value_)) {
    out += *flag ? "true" : "false";
  } else if (const auto* const whole = std::get_if<std::int64_t>(&value_)) {
    out += std::to_string(*whole);
  } else if (const auto* const count = std::get_if<std::uint64_t>(&value_)) {
    out += std::to_string(*count);
  } else if (const auto* const number = std::get_if<double>(&value_)) {
    out += written(*number);
  } else {
    out += "null";
  }
}

Json parse_json(std::string_view text, std::size_t max_depth) {
  Builder builder(max_depth);
  (void)Library::sax_parse(text.begin(), text.end(), &builder);
  return builder.take();
}

std::string json_text(std::string_view text) {
  return written(Library(text));
}

}  // namespace corticast
