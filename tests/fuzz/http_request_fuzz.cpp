// HTTP requests. However the bytes are cut into pieces, the parser reads the same requests and
// refuses with the same status (or, of a head that has no end, waits for the end first), and it
// keeps to its limits. The first byte says where to cut.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "wire/request_parser.h"

namespace {

using paragon::http::RequestParser;

constexpr std::size_t kHeadMax = 4096;
constexpr std::size_t kBodyMax = 65536;

struct Told {
  std::string requests;  // everything about them, as text
  int status = 0;        // of the refusal; 0 when more bytes were wanted
};

// Reads requests one behind the other, as a connection does, `piece` bytes at a time.
Told told(std::string_view bytes, std::size_t piece) {
  Told all;
  std::string& text = all.requests;
  std::string held;  // received and not used
  std::size_t given = 0;
  while (true) {
    RequestParser parser({kHeadMax, kBodyMax});
    bool done = false;
    while (!done) {
      std::size_t used = 0;
      const RequestParser::Step step = parser.feed(held, used);
      PARAGON_CHECK(used <= held.size(), std::to_string(used));
      held.erase(0, used);
      switch (step) {
        case RequestParser::Step::more:
          if (given == bytes.size()) return all;
          PARAGON_CHECK(held.size() <= kHeadMax + kBodyMax, "the parser does not get on");
          held += bytes.substr(given, piece);
          given = std::min(bytes.size(), given + piece);
          break;
        case RequestParser::Step::head:
          break;
        case RequestParser::Step::done: {
          const paragon::http::Request& request = parser.request();
          PARAGON_CHECK(request.body.size() <= kBodyMax, std::to_string(request.body.size()));
          text += request.path + "?" + request.query + "\n";
          for (const auto& [name, value] : request.headers) text += name + ": " + value + "\n";
          text += request.body + "\n";
          done = true;
          break;
        }
        case RequestParser::Step::failed:
          PARAGON_CHECK(parser.refusal().status >= 400 && parser.refusal().status < 600,
                        std::to_string(parser.refusal().status));
          PARAGON_CHECK(!parser.refusal().message.empty(), "a refusal without words");
          all.status = parser.refusal().status;
          return all;
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Told whole = told(bytes, bytes.size() + 1);
  const Told pieces = told(bytes, std::size_t{1} + data[0]);
  PARAGON_CHECK(whole.requests == pieces.requests, whole.requests + "\n/\n" + pieces.requests);
  // Of a head that is both malformed and too large, the pieces decide what is met first.
  const bool comparable = whole.status != 0 && pieces.status != 0;
  if (comparable && whole.status != 431 && pieces.status != 431) {
    PARAGON_CHECK(whole.status == pieces.status, std::to_string(pieces.status));
  }
  return 0;
}
