#include "profile/tensor_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

namespace paragon::profile {
namespace {

constexpr std::int64_t kBytesMax = std::int64_t{4} << 30;
constexpr std::size_t kHeadMax = 1 << 16;

// What stands behind 'key': in the header's one-line dictionary, up to the comma that ends it.
std::string_view value_of(std::string_view dictionary, std::string_view key) {
  const std::string quoted = fmt::format("'{}'", key);
  std::size_t at = dictionary.find(quoted);
  if (at == std::string_view::npos) return {};
  at = dictionary.find(':', at);
  if (at == std::string_view::npos) return {};
  std::string_view rest = dictionary.substr(at + 1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const std::size_t end = rest.starts_with('(') ? rest.find(')') : rest.find_first_of(",}");
  return end == std::string_view::npos ? std::string_view{}
                                       : rest.substr(0, end + (rest[end] == ')' ? 1 : 0));
}

Result<std::vector<std::int64_t>> shape_of(std::string_view text) {
  const Error wrong{ErrorCode::invalid, fmt::format("its shape is {}, expected (rows, ...)", text)};
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return wrong;
  text = text.substr(1, text.size() - 2);
  std::vector<std::int64_t> shape;
  std::int64_t elements = 1;
  while (!text.empty()) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (text.empty()) break;
    std::int64_t length = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc{} || length < 1 || length > kBytesMax / 4 / elements) return wrong;
    elements *= length;
    shape.push_back(length);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    if (text.starts_with(','))
      text.remove_prefix(1);
    else if (!text.empty())
      return wrong;
  }
  if (shape.empty() || shape.size() > 16) return wrong;
  return shape;
}

}  // namespace

Result<TensorHead> read_tensor_head(std::string_view file) {
  constexpr std::string_view kMagic("\x93NUMPY", 6);
  if (!file.starts_with(kMagic) || file.size() < 12) {
    return {ErrorCode::invalid, "not a NumPy file (.npy)"};
  }
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(file[i]); };
  const bool wide = byte(6) >= 2;  // versions 2 and 3 have a length of four bytes
  const std::size_t begin = wide ? 12 : 10;
  std::size_t length = byte(8) | std::size_t{byte(9)} << 8;
  if (wide) length |= std::size_t{byte(10)} << 16 | std::size_t{byte(11)} << 24;
  if (length > kHeadMax || begin + length > file.size()) {
    return {ErrorCode::invalid, "its header is cut off or too long"};
  }
  const std::string_view head = file.substr(begin, length);
  if (const auto type = value_of(head, "descr"); type != "'<f4'") {
    return {ErrorCode::unsupported,
            fmt::format("its type is {}, expected '<f4': save it as float32", type)};
  }
  if (value_of(head, "fortran_order") != "False") {
    return {ErrorCode::unsupported, "its order is Fortran's, expected rows one after the other"};
  }
  auto shape = shape_of(value_of(head, "shape"));
  if (!shape) return shape.error();
  TensorHead out{std::move(*shape), begin + length, sizeof(float)};
  for (const std::int64_t l : out.shape) out.data_bytes *= static_cast<std::size_t>(l);
  return out;
}

Result<TensorRows> read_tensor_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return {ErrorCode::not_found, fmt::format("{}: cannot be read: {}", path, strerror(errno))};
  }
  std::string start(kHeadMax + 12, '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  const auto head = read_tensor_head(start);
  if (!head) return {head.error().code, fmt::format("{}: {}", path, head.error().message)};
  TensorRows out;
  out.rows = static_cast<std::size_t>(head->shape[0]);
  out.shape.assign(head->shape.begin() + 1, head->shape.end());
  out.row_bytes = head->data_bytes / out.rows;
  in.clear();
  in.seekg(static_cast<std::streamoff>(head->data_at));
  // In pieces: a short file must not make us take what its header promises.
  while (out.data.size() < head->data_bytes) {
    const std::size_t old = out.data.size();
    const std::size_t piece = std::min<std::size_t>(1 << 24, head->data_bytes - old);
    out.data.resize(old + piece);
    in.read(out.data.data() + old, static_cast<std::streamsize>(piece));
    if (static_cast<std::size_t>(in.gcount()) != piece) {
      return {ErrorCode::invalid, fmt::format("{}: ends before its last row", path)};
    }
  }
  return out;
}

}  // namespace paragon::profile
