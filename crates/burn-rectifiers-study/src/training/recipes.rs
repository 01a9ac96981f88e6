//! Settings that go together, under one name.

use clap::{ValueEnum, builder::ArgPredicate};
use serde::{Deserialize, Serialize};

/// A name for values of flags; each can be given another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recipe {
    /// A minute on a CPU: the small network, Adam, a constant rate.
    #[default]
    First,
    /// As accurate as minutes on a CPU allow.
    Fast,
    /// ResNet-20 as He et al. (2015, arXiv:1512.03385, section 4.2) trained it, with the activation of your choice.
    Paper,
}

impl Recipe {
    /// The flags that it stands for.
    pub fn flags(self) -> &'static str {
        match self {
            Self::First => {
                "--network cnn --epochs 5 --batch-size 64 --optimizer adam --schedule constant --weight-decay 0 \
                 --augment none"
            }
            Self::Fast => {
                "--network resnet9 --epochs 20 --batch-size 128 --optimizer sgd --lr 0.2 --schedule one-cycle \
                 --weight-decay 5e-4 --augment flip-crop"
            }
            Self::Paper => {
                "--network resnet20 --epochs 164 --batch-size 128 --optimizer sgd --lr 0.1 --schedule step \
                 --weight-decay 1e-4 --augment flip-crop"
            }
        }
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Fast => "fast",
            Self::Paper => "paper",
        }
    }

    /// Flags and their values.
    pub(crate) fn values(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let mut words = self.flags().split_whitespace();
        std::iter::from_fn(move || Some((words.next()?.trim_start_matches('-'), words.next()?)))
    }
}

/// What the flag of this name is where a recipe is asked for, as clap wants it.
pub(crate) fn recipe(flag: &str) -> Vec<(&'static str, ArgPredicate, Option<&'static str>)> {
    let value = |recipe: &Recipe| {
        let (_, value) = recipe.values().find(|(name, _)| *name == flag)?;
        Some((
            "recipe",
            ArgPredicate::Equals(recipe.name().into()),
            Some(value),
        ))
    };
    Recipe::value_variants().iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::settings::{Settings, tests::settings};
    use clap::CommandFactory;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        settings: Settings,
    }

    #[test]
    fn every_flag_of_a_recipe_is_one() {
        let command = Line::command();
        for recipe in Recipe::value_variants() {
            for (flag, _) in recipe.values() {
                assert!(
                    command
                        .get_arguments()
                        .any(|arg| arg.get_long() == Some(flag)),
                    "{flag}"
                );
            }
        }
    }

    #[test]
    fn a_recipe_is_its_flags() {
        for recipe in Recipe::value_variants() {
            let named = settings(&format!("--recipe {}", recipe.name()));
            let typed = settings(recipe.flags());
            let typed = Settings {
                recipe: *recipe,
                ..typed
            };
            assert_eq!(named.checked().unwrap(), typed.checked().unwrap());
        }
    }

    #[test]
    fn flags_override_a_recipe() {
        let settings = settings("--lr 0.01 --recipe fast --augment none")
            .checked()
            .unwrap();
        assert_eq!(settings.lr, Some(0.01));
        assert_eq!((settings.epochs, settings.batch_size), (20, 128));
        assert_eq!(
            settings.augment,
            crate::training::settings::Augmentation::None
        );
    }
}
