// How AWS writes bytes into requests: percent-encoding (RFC 3986), forms, hex. (Base64:
// wire/base64.h.)
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace paragon::aws {

// Names and values, decoded, in the order in which they are sent. A name may repeat.
using Pairs = std::vector<std::pair<std::string, std::string>>;

// All but letters, digits and "-._~" become %XX. `keep` lists further bytes that stay.
std::string percent_encode(std::string_view text, std::string_view keep = {});

// "name=value&..." with both encoded, in the order given: a form body, or a query that is signed as
// it stands once it is sorted (sorted_query).
std::string form(const Pairs& pairs);

// The same, sorted by encoded name and then encoded value, as a signature has it.
std::string sorted_query(const Pairs& pairs);

std::string hex(std::string_view bytes);  // lower case

}  // namespace paragon::aws
