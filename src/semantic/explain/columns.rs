//! What computed columns hold, where their name does not say it.

use super::{history_values, or_list};
use crate::semantic::bound::{Aggregate, ColumnExpr, LastingTime, NextEvent};

/// What a column holds; none where its name says enough.
pub(super) fn meaning(of: &ColumnExpr) -> Option<String> {
    let ColumnExpr::Aggregate(aggregate, Some(argument)) = of else {
        return match of {
            ColumnExpr::Until(of) => Some(until(of)),
            of => of.lasting().map(lasting),
        };
    };
    let percentile = matches!(aggregate, Aggregate::Percentile(_));
    let value = match argument.as_ref() {
        ColumnExpr::Field(field) if percentile => field.name.clone(),
        ColumnExpr::Lasting(of) => lasting(of),
        ColumnExpr::Until(of) => until(of),
        ColumnExpr::Bucket(unit, field) => format!("the {} of {}", unit.name(), field.name),
        ColumnExpr::Field(_) | ColumnExpr::Aggregate(..) => return None,
    };
    Some(match aggregate {
        Aggregate::Count => format!("the number of rows with a value of: {value}"),
        Aggregate::CountDistinct => format!("the number of different values of: {value}"),
        Aggregate::Min => format!("the least of: {value}"),
        Aggregate::Max => format!("the greatest of: {value}"),
        Aggregate::Sum => format!("the sum of: {value}"),
        Aggregate::Avg => format!("the mean of: {value}"),
        Aggregate::Median => format!("the value in the middle of: {value}"),
        Aggregate::Percentile(percent) => format!("the value below which {percent} percent lie of: {value}"),
    })
}

fn lasting(of: &LastingTime) -> String {
    match of {
        LastingTime::In { field, values, .. } => {
            format!("the seconds for which its {} was {}", field.name, history_values(values))
        }
        LastingTime::Between { from, to } => format!("the seconds from {} to {}", from.name, to.name),
        LastingTime::SinceFirst { field, values, to } => {
            format!("the seconds from the first change of its {} to {} until {}", field.name, history_values(values), to.name)
        }
        LastingTime::Until(of) => format!("the seconds to the next event of the same thing: {}", or_list(&of.verbs)),
    }
}

fn until(of: &NextEvent) -> String {
    format!("the time of the next event of the same thing: {}", or_list(&of.verbs))
}
