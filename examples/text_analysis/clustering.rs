//! Vectors to groups: k-means, which begins with vectors far from each other and so ends the same each time.

use lakehouse_otel::prelude::*;

use crate::embedding::Vector;
use crate::error::AnalysisError;

/// Rounds after which it ends in any case.
const ROUNDS: usize = 100;

/// The group of each vector.
#[derive(Debug)]
pub(crate) struct Clusters {
    pub(crate) of: Vec<usize>,
    pub(crate) count: usize,
    pub(crate) iterations: usize,
    pub(crate) inertia: f64,
}

#[trace_operation(
    span = text_analysis.clustering, stage = Clustering,
    clustering.clusters = count, sentence_count = vectors.len(),
    ok(|clusters|
        clustering.iterations = clusters.iterations,
        clustering.inertia = clusters.inertia,
    ),
)]
pub(crate) fn cluster(vectors: &[Vector], count: usize) -> Result<Clusters, AnalysisError> {
    if count == 0 || vectors.len() < count {
        return Err(AnalysisError::TooFewSentences {
            sentences: vectors.len(),
            clusters: count,
        });
    }
    let mut middles = far_apart(vectors, count);
    let mut of = nearest_to_each(vectors, &middles);
    let mut iterations = 1;
    while iterations < ROUNDS {
        for (cluster, middle) in middles.iter_mut().enumerate() {
            let members = vectors.iter().zip(&of).filter(|(_, of)| **of == cluster);
            if let Some(mean) = mean(members.map(|(vector, _)| vector)) {
                *middle = mean;
            }
        }
        let now = nearest_to_each(vectors, &middles);
        iterations += 1;
        if std::mem::replace(&mut of, now.clone()) == now {
            break;
        }
    }
    let distances = vectors.iter().zip(&of);
    let inertia = distances
        .map(|(vector, of)| distance(vector, &middles[*of]))
        .sum();
    Ok(Clusters {
        of,
        count,
        iterations,
        inertia,
    })
}

/// The first vector, and then each time the one that is farthest from all before.
fn far_apart(vectors: &[Vector], count: usize) -> Vec<Vector> {
    let mut chosen: Vec<Vector> = vectors.first().cloned().into_iter().collect();
    while chosen.len() < count {
        let apart = |vector: &&Vector| {
            let distances = chosen.iter().map(|chosen| distance(vector, chosen));
            distances.fold(f64::INFINITY, f64::min)
        };
        let farthest = vectors
            .iter()
            .max_by(|one, other| apart(one).total_cmp(&apart(other)));
        chosen.extend(farthest.cloned());
    }
    chosen
}

fn nearest_to_each(vectors: &[Vector], middles: &[Vector]) -> Vec<usize> {
    let nearest = |vector: &Vector| {
        let distances = middles.iter().map(|middle| distance(vector, middle));
        let nearest = distances
            .enumerate()
            .min_by(|(_, one), (_, other)| one.total_cmp(other));
        nearest.map_or(0, |(cluster, _)| cluster)
    };
    vectors.iter().map(nearest).collect()
}

/// The squared distance.
fn distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter()
        .zip(other)
        .map(|(one, other)| (one - other).powi(2))
        .sum()
}

fn mean<'a>(mut vectors: impl Iterator<Item = &'a Vector>) -> Option<Vector> {
    let mut sum = vectors.next()?.clone();
    let mut count = 1.0;
    for vector in vectors {
        sum.iter_mut()
            .zip(vector)
            .for_each(|(sum, number)| *sum += number);
        count += 1.0;
    }
    for number in &mut sum {
        *number /= count;
    }
    Some(sum)
}
