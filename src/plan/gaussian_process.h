// A Gaussian process: what is known of a function from a few of its values, with how surely.
//
// Points lie in the unit cube. The covariance is Matern's with nu = 5/2, as CherryPick has it
// (Alipourfard et al., NSDI '17): k(r) = (1 + s + s^2 / 3) exp(-s) with s = sqrt(5) r / length.
// Values are standardised; the length and the noise are those of a fixed grid under which what was
// seen is likeliest (Rasmussen and Williams, 2006, algorithm 2.1). No chance is involved.
#pragma once

#include <Eigen/Dense>
#include <vector>

namespace paragon::plan {

class GaussianProcess {
 public:
  // At least one point, all of one dimension, each coordinate 0 to 1; as many values, finite.
  GaussianProcess(const std::vector<std::vector<double>>& points,
                  const std::vector<double>& values);

  struct Belief {
    double mean = 0;
    double deviation = 0;  // of the function itself, without the noise of a look at it
  };
  Belief at(const std::vector<double>& point) const;

 private:
  Eigen::MatrixXd points_;  // a column each
  double centre_ = 0;       // of the values
  double spread_ = 1;
  double length_ = 1;
  Eigen::LLT<Eigen::MatrixXd> factor_;
  Eigen::VectorXd weights_;
};

// How much lower than `least` the value is expected to be, where it is: Jones, Schonlau and Welch,
// 1998.
double expected_improvement(const GaussianProcess::Belief& belief, double least);
// That the value is at most `limit`.
double probability_at_most(const GaussianProcess::Belief& belief, double limit);

}  // namespace paragon::plan
