#include "catalog/model_file.h"

#include <fmt/format.h>

#include <fstream>

#include "base/sha256.h"

namespace paragon {

Result<std::string> sha256_of_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return {ErrorCode::not_found, file + ": cannot be read"};
  Sha256 hash;
  char piece[1 << 16];
  while (in.read(piece, sizeof piece), in.gcount() > 0)
    hash.add({piece, static_cast<std::size_t>(in.gcount())});
  return hash.hex();
}

Status check_model_file(const Variant& variant) {
  if (variant.sha256.empty()) return {};
  const auto hash = sha256_of_file(variant.file);
  if (!hash) return hash.error();
  if (*hash == variant.sha256) return {};
  return {ErrorCode::invalid, fmt::format("{}: has the SHA-256 {}, the catalog states {} (another "
                                          "file of that name?)",
                                          variant.file, *hash, variant.sha256)};
}

}  // namespace paragon
