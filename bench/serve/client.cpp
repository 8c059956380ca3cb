// The client of the serve benchmark: sends one request over and over and counts how long each took.
//
//   bench_serve_client --url http://127.0.0.1:PORT/path --body FILE [--header "name: value"]...
//                      [--connections 1] [--seconds 2] [--rate 0] [--once]
//
// --rate 0 is a closed loop: each connection sends when its answer is there. A rate is an open
// loop: arrivals are drawn beforehand (Poisson), wait for a connection where all are busy, and
// latency counts from when they were due. --once sends one request and prints the answer's body.
// Otherwise prints one JSON object. Plain sockets, one thread: the client must not be what is slow.
// Not a load generator: it knows one answer form (200 with content-length), all else ends it.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/histogram.h"

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "bench_serve_client: %s\n", message.c_str());
  std::exit(1);
}

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string path = "/";
  std::string headers;
  std::string body;
  std::size_t connections = 1;
  double seconds = 2;
  double rate = 0;
  bool once = false;
};

void read_url(const std::string& url, Options& options) {
  constexpr std::string_view kScheme = "http://";
  const auto colon = url.find(':', kScheme.size());
  if (!url.starts_with(kScheme) || colon == std::string::npos) fail("--url: http://ADDRESS:PORT/…");
  options.host = url.substr(kScheme.size(), colon - kScheme.size());
  options.port = static_cast<std::uint16_t>(std::atoi(url.c_str() + colon + 1));
  const auto slash = url.find('/', colon);
  if (slash != std::string::npos) options.path = url.substr(slash);
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--once") {
      options.once = true;
      continue;
    }
    if (++i == argc) fail(std::string(flag) + ": expected a value");
    const std::string value = argv[i];
    if (flag == "--url") {
      read_url(value, options);
    } else if (flag == "--header") {
      options.headers += value + "\r\n";
    } else if (flag == "--body") {
      std::ifstream in(value, std::ios::binary);
      if (!in) fail(value + ": cannot be read");
      options.body.assign(std::istreambuf_iterator<char>(in), {});
    } else if (flag == "--connections") {
      options.connections = static_cast<std::size_t>(std::max(1, std::atoi(value.c_str())));
    } else if (flag == "--seconds") {
      options.seconds = std::atof(value.c_str());
    } else if (flag == "--rate") {
      options.rate = std::atof(value.c_str());
    } else {
      fail(std::string(flag) + ": no such option");
    }
  }
  if (options.port == 0) fail("--url is missing");
  return options;
}

class Connection {
 public:
  explicit Connection(const Options& options) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(options.port);
    if (inet_pton(AF_INET, options.host.c_str(), &to.sin_addr) != 1) fail("--url: no address");
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      fail(std::string("cannot connect: ") + std::strerror(errno));
    }
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  int fd() const { return fd_; }
  bool busy() const { return busy_; }
  Clock::time_point due() const { return due_; }

  void send(std::string_view request, Clock::time_point due) {
    busy_ = true;
    due_ = due;
    in_.clear();
    while (!request.empty()) {
      const ssize_t sent = ::send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) fail(std::string("sending: ") + std::strerror(errno));
      request.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // One read; true when the answer is whole.
  bool receive() {
    char buffer[64 * 1024];
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) return false;
    if (got <= 0) fail("the server closed the connection; so far: " + in_);
    in_.append(buffer, static_cast<std::size_t>(got));
    const auto head = in_.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    if (!in_.starts_with("HTTP/1.1 200")) fail("the answer is not 200:\n" + in_);
    body_at_ = head + 4;
    if (in_.size() < body_at_ + content_length(head)) return false;
    busy_ = false;
    return true;
  }

  std::string_view body() const { return std::string_view(in_).substr(body_at_); }

 private:
  std::size_t content_length(std::size_t head) const {
    constexpr std::string_view kName = "\r\ncontent-length:";
    for (std::size_t at = in_.find("\r\n"); at < head; at = in_.find("\r\n", at + 2)) {
      if (strncasecmp(in_.data() + at, kName.data(), kName.size()) == 0) {
        return static_cast<std::size_t>(std::atol(in_.data() + at + kName.size()));
      }
    }
    fail("the answer has no content-length:\n" + in_.substr(0, head));
  }

  int fd_;
  bool busy_ = false;
  Clock::time_point due_;
  std::string in_;
  std::size_t body_at_ = 0;
};

// Calls `answered(connection)` for each whole answer that is there within `wait`.
template <class Answered>
void pump(std::vector<Connection>& connections, Clock::duration wait, Answered answered) {
  std::vector<pollfd> polled;
  for (const auto& c : connections) {
    polled.push_back({c.fd(), static_cast<short>(c.busy() ? POLLIN : 0), 0});
  }
  const auto ns = std::max<long>(0, std::chrono::nanoseconds(wait).count());
  const timespec timeout{ns / 1'000'000'000, ns % 1'000'000'000};
  if (ppoll(polled.data(), polled.size(), &timeout, nullptr) <= 0) return;
  for (std::size_t i = 0; i < polled.size(); ++i) {
    if (polled[i].revents != 0 && connections[i].busy() && connections[i].receive()) {
      answered(connections[i]);
    }
  }
}

paragon::Histogram closed_loop(const Options& options, const std::string& request,
                               std::vector<Connection>& connections) {
  paragon::Histogram latency;
  const auto end = Clock::now() + std::chrono::duration<double>(options.seconds);
  for (auto& c : connections) c.send(request, Clock::now());
  std::size_t open = connections.size();
  const auto answered = [&](Connection& c) {
    const auto now = Clock::now();
    latency.record(now - c.due());
    if (now < end) {
      c.send(request, now);
    } else {
      --open;
    }
  };
  while (open > 0) {
    if (connections.size() > 1) {
      pump(connections, std::chrono::seconds(1), answered);
    } else if (connections[0].receive()) {  // without poll, where there is nothing to choose
      answered(connections[0]);
    }
  }
  return latency;
}

paragon::Histogram open_loop(const Options& options, const std::string& request,
                             std::vector<Connection>& connections) {
  paragon::Histogram latency;
  std::mt19937_64 random(1);
  std::exponential_distribution<double> gap(options.rate);
  std::deque<Clock::time_point> due;
  const auto start = Clock::now();
  for (double at = gap(random); at < options.seconds; at += gap(random)) {
    due.push_back(start + std::chrono::nanoseconds(static_cast<std::int64_t>(at * 1e9)));
  }
  std::size_t in_flight = 0;
  while (!due.empty() || in_flight > 0) {
    for (auto& c : connections) {
      if (due.empty() || due.front() > Clock::now()) break;
      if (c.busy()) continue;
      c.send(request, due.front());
      due.pop_front();
      ++in_flight;
    }
    const bool all_busy = in_flight == connections.size();
    const auto wait = due.empty() || all_busy ? Clock::duration(std::chrono::seconds(1))
                                              : due.front() - Clock::now();
    pump(connections, wait, [&](Connection& c) {
      latency.record(Clock::now() - c.due());
      --in_flight;
    });
  }
  return latency;
}

double us(paragon::Duration d) { return static_cast<double>(d.count()) / 1e3; }

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  const std::string request =
      "POST " + options.path + " HTTP/1.1\r\nHost: " + options.host + "\r\n" + options.headers +
      "Content-Length: " + std::to_string(options.body.size()) + "\r\n\r\n" + options.body;
  std::vector<Connection> connections;
  for (std::size_t i = 0; i < options.connections; ++i) connections.emplace_back(options);
  if (options.once) {
    connections[0].send(request, Clock::now());
    while (!connections[0].receive()) {
    }
    std::fwrite(connections[0].body().data(), 1, connections[0].body().size(), stdout);
    return 0;
  }
  const auto begun = Clock::now();
  const auto latency = options.rate > 0 ? open_loop(options, request, connections)
                                        : closed_loop(options, request, connections);
  const std::chrono::duration<double> elapsed = Clock::now() - begun;
  std::printf(
      R"({"requests": %llu, "elapsed_s": %.3f, "p50_us": %.1f, "p90_us": %.1f, "p99_us": %.1f, "max_us": %.1f})"
      "\n",
      static_cast<unsigned long long>(latency.count()), elapsed.count(), us(latency.percentile(50)),
      us(latency.percentile(90)), us(latency.percentile(99)), us(latency.max()));
}
