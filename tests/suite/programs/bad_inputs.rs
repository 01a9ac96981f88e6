//! What people type and point to by mistake, through the programs themselves: one line that names it and says what to
//! do, exit code 2 (or 1 for what no other command line would mend), nothing on standard output, and every file as it was.
//!
//! A row is an exit code, the arguments, and the words of the message, between bars. Paths are relative to a folder that
//! each row has a copy of, with what its line names, see [`World`]. In them, `''` is an empty one, `\_` a space, `\n` a line break, `\xff` a
//! byte, `$SMALL` a run of a second, and `A*300` so many letters. `+path` among the words is what the row may leave.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::{TempDir, tempdir};

use crate::common::process::{example, text};

const CNN_CIFAR: &str = r"
2 | --activation ''                | --activation | no activation is called `` | there are: prelu,
2 | --activation prellu            | --activation | prellu | did you mean `prelu`? | learnable_elu
2 | --activation PReLU             | --activation | did you mean `prelu`?
2 | --activation transformer       | --activation | transformer | there are: prelu,
2 | --activation                   | --activation | value is required
2 | --activation relu --activation elu | --activation | multiple times
2 | --acitvation relu              | --acitvation | similar | --activation | --help
2 | --sharing ''                   | --sharing | layer, channel or element
2 | --sharing chanel               | --sharing | chanel | layer, channel or element
2 | --sharing pixel                | --sharing | pixel | layer, channel or element
2 | --backend flx                  | --backend | flx | similar | 'flex' | wgpu | cuda
2 | --backend ''                   | --backend | value is required | flex
2 | --backend gpu                  | --backend | gpu | flex, ndarray, wgpu
2 | --url ws://gpu:3000            | --url ws://gpu:3000 | --backend remote
2 | --data cifar                   | --data | similar | 'cifar10'
2 | --data mnist                   | --data | mnist | synthetic, cifar10, cifar100
2 | --data ''                      | --data | value is required | synthetic, cifar10, cifar100
2 | --train-size ''                | --train-size | whole number
2 | --train-size many              | --train-size | many | whole number
2 | --train-size -1                | --train-size | -1 | whole number of 0 or more
2 | --train-size 0                 | --train-size 0 | at least 1
2 | --train-size 1.5               | --train-size | 1.5 | whole number
2 | --train-size 1e3               | --train-size | 1e3 | whole number
2 | --train-size \_4               | --train-size | ' 4' | whole number
2 | --train-size 10000001          | --train-size 10000001 | at most 10000000
2 | --train-size 18446744073709551615 | --train-size 18446744073709551615 | at most 10000000
2 | --train-size 18446744073709551616 | --train-size | 18446744073709551616 | too large; expected a smaller
2 | --train-size 5\n6              | --train-size | '5\n6' | whole number
2 | --train-size \x1b[2J           | --train-size | '\x1b[2J' | whole number
2 | --train-size \xff              | --train-size \xff | UTF-8
2 | --train-size=\xff\xfe5         | --train-size=\xff\xfe5 | UTF-8
2 | --test-size 0                  | --test-size 0 | at least 1
2 | --test-size nan                | --test-size | nan | whole number
2 | --epochs 0                     | --epochs 0 | at least 1
2 | --epochs inf                   | --epochs | inf | whole number
2 | --epochs 1000001               | --epochs 1000001 | at most 1000000
2 | --epochs many                  | --epochs | many | whole number
2 | --epochs 1 --epochs 2          | --epochs | multiple times
2 | --batch-size 0                 | --batch-size 0 | at least 1
2 | --batch-size -5                | --batch-size | -5 | whole number
2 | --batch-size 100001            | --batch-size 100001 | at most 100000
2 | --batch-size                   | --batch-size | value is required
2 | --width 0                      | --width 0 | at least 1
2 | --width -inf                   | --width | '-inf' | whole number
2 | --width --resume               | --width | '--resume' | whole number
2 | --width 4097                   | --width 4097 | at most 4096
2 | --width 1e400                  | --width | 1e400 | whole number
2 | --width 4096 --batch-size 100000 | --batch-size 100000 | what fits into memory | GB are free
2 | --lr ''                        | --lr | expected a number
2 | --lr x                         | --lr | 'x' | expected a number
2 | --lr 1,5                       | --lr | 1,5 | expected a number
2 | --lr                           | --lr | value is required
2 | --lr --resume                  | --lr | --resume | expected a number
2 | --lr 0                         | --lr 0 | above 0
2 | --lr -1                        | --lr -1 | above 0
2 | --lr inf                       | --lr inf | above 0
2 | --lr -inf                      | --lr -inf | above 0
2 | --lr nan                       | --lr NaN | above 0
2 | --lr 1e400                     | --lr | 1e400 | too large
2 | --lr 1e-400                    | --lr | 1e-400 | too small
2 | --lr \xc3                      | --lr \xc3 | UTF-8
2 | --recipe slow                  | --recipe | 'slow'
2 | --recipe                       | --recipe | value is required
2 | --network resnet21             | --network | resnet21 | expected cnn, resnet9
2 | --network plain-0              | --network | plain-0 | expected cnn
2 | --network nin --width 8        | --width 8 | no other than 192 with --network nin
2 | --network plain-1000 --width 4096 | what fits into memory | GB are free
2 | --optimizer lbfgs              | --optimizer | 'lbfgs'
2 | --schedule linear              | --schedule | 'linear'
2 | --schedule cosine --lr 1.5     | --lr 1.5 | at most 1
2 | --warm-up -1                   | --warm-up -1 | from 0 to the number of epochs
2 | --warm-up nan                  | --warm-up NaN | from 0
2 | --augment rotate               | --augment | 'rotate'
2 | --label-smoothing 1            | --label-smoothing 1 | at least 0 and below 1
2 | --val-split -0.1               | --val-split -0.1 | at least 0 and below 1
2 | --val-split 0.001 $SMALL       | --val-split 0.001 | each part of
2 | --val-split 0.999 $SMALL       | --val-split 0.999 | each part of
2 | --ema 1                        | --ema 1 | at least 0 and below 1
2 | --devices 0                    | --devices 0 | from 1 to 64
2 | --devices 2 --strategy single  | --strategy single | multi or ddp with --devices 2
2 | --strategy multi               | --strategy multi | --devices with more than one
2 | --devices 2 --strategy ddp     | --strategy ddp | for cuda alone
2 | --devices 2 --batch-size 1     | --batch-size 1 | one image for each of 2 devices
2 | --weight-decay -1              | --weight-decay -1 | 0 or more
2 | --weight-decay nan             | --weight-decay NaN | 0 or more
2 | --weight-decay 1e39            | --weight-decay | f32 can hold
2 | --weight-decay 1e400           | --weight-decay | 1e400 | too large
2 | --seed -1                      | --seed | -1 | whole number of 0 or more
2 | --seed 1.0                     | --seed | 1.0 | whole number
2 | --seed 18446744073709551616    | --seed | too large
2 | --seed 1 --seed 2              | --seed | multiple times
2 | --resume --resume              | --resume | multiple times
2 | --resume --overwrite           | --resume | --overwrite | cannot be used with
2 | --resume=yes                   | --resume | 'yes'
2 | --resume $SMALL                | prelu-synthetic-0 | no checkpoint | without --resume
2 | --resume --out new $SMALL      | new: no checkpoint | without --resume
2 | --resume --out dir $SMALL      | dir: no checkpoint | without --resume
2 | --resume --out file $SMALL     | file: is a file; name another folder
2 | --out '' $SMALL                | --out | value is required
2 | --out $SMALL --out             | --out | value is required
2 | --out file $SMALL              | file: is a file; name another folder
2 | --out file/new $SMALL          | file/new: file is a file; name another folder
2 | --out dir/../file/a/b $SMALL   | file/a/b: dir/../file is a file
2 | --out dangling $SMALL          | dangling: is a link that leads nowhere; name another folder
2 | --out dangling/new $SMALL      | dangling is a link that leads nowhere
2 | --out loop $SMALL              | loop: is a link that leads nowhere
2 | --out pipe $SMALL              | pipe: is no folder; name another
2 | --out socket $SMALL            | socket: is no folder; name another
2 | --out null $SMALL              | null: is no folder; name another
1 | --out A*300 $SMALL             | AAAA: cannot create the folder: File name too long
1 | --out A*300/new $SMALL         | AAAA/new: cannot create the folder: File name too long
2 | --out file/\x1b[31m\n $SMALL   | file/\x1b[31m\n: file is a file
2 | --out file/\xff $SMALL         | file is a file
2 | --out mine $SMALL              | mine: holds a `settings.json` that `cnn_cifar` did not write; name another folder
2 | --out mine --overwrite $SMALL  | mine: holds a `settings.json` | name another folder
2 | --out gallery $SMALL           | gallery: holds files of `explore`; name another folder
2 | --out mark-folder $SMALL       | mark-folder: holds a `.burn-rectifiers` that is no file; name another folder
2 | --out mark-pipe $SMALL         | mark-pipe: holds a `.burn-rectifiers` that is no file
2 | --out mark-pipe --resume $SMALL | mark-pipe: no checkpoint
2 | --out run $SMALL               | run: holds a run with 1 trained epoch; --resume goes on | --overwrite begins again
2 | --out run $SMALL --width 3     | --width | multiple times
2 | --out run $SMALL --lr 0.5      | run: holds a run with --lr 0.001, not 0.5; name another folder
2 | --out run $SMALL --resume --activation relu | run: holds a run with --activation prelu, not relu | same settings
2 | --out run $SMALL --overwrite --seed 1 | run: holds a run with --seed 0, not 1 | delete
2 | --out link-to-run $SMALL       | link-to-run: holds a run with 1 trained epoch
2 | --out longer --resume $SMALL   | --epochs 1: expected at least 2, the epochs trained in longer
2 | --out text-settings $SMALL     | text-settings: holds a run with 1 trained epoch | --resume
2 | --out pipe-settings $SMALL     | pipe-settings: holds a run with 1 trained epoch | --resume
2 | --out old-settings $SMALL      | old-settings: holds a run with --batch-size 64, not 8; name another folder
1 | --out damaged --resume $SMALL  | damaged: its checksum is another; this checkpoint is kept as | model.bpk: damaged, as any checkpoint before it; start the run without --resume | +damaged/checkpoint
1 | --out no-sums --resume $SMALL  | SHA256SUMS: damaged: it does not name model.bpk | without --resume | +no-sums/checkpoint
1 | --out folder-sums --resume $SMALL | SHA256SUMS: damaged: it is no ordinary file | without --resume | +folder-sums/checkpoint
1 | --out pipe-model --resume $SMALL | model.bpk: damaged: it is no ordinary file | without --resume | +pipe-model/checkpoint
1 | --out new $SMALL --lr 1e30     | epoch 1: the loss of step 2 is | a lower --lr may help | not finite first | +new
2 | extra                          | 'extra' | --help
2 | -x                             | '-x' | --help
2 | --\xff                         | --\xff | --help
2 | \x1b]0;title\x07               | '\x1b]0;title\x07' | --help
2 | --\x1b[2J                      | '--\x1b[2J' | --help
2 | --data-dir data                | --data synthetic | cifar10 or cifar100 with --data-dir
2 | --download                     | --data synthetic | cifar10 or cifar100 with --download
2 | --data cifar10                 | data: no such folder | CIFAR-10 | --download
2 | --data cifar10 --data-dir ''   | --data-dir | value is required
2 | --data cifar10 --data-dir new  | new: no such folder | CIFAR-10 | --download
2 | --data cifar10 --data-dir file | file: is no folder | CIFAR-10 | --download
2 | --data cifar10 --data-dir pipe | pipe: is no folder
2 | --data cifar10 --data-dir loop | loop: is no folder
2 | --data cifar10 --data-dir dangling | dangling: is no folder
2 | --data cifar10 --data-dir A*300 | AAAA: no such folder
2 | --data cifar10 --data-dir a\nb | a\nb: no such folder
2 | --data cifar10 --data-dir \x1b[31m | \x1b[31m: no such folder
2 | --data cifar10 --data-dir dir  | dir: no CIFAR-10 files | data_batch_*.bin | --download
2 | --data cifar10 --data-dir cifar/empty | data_batch_1.bin: empty file at offset 0 | 3073 bytes | fetch it again
2 | --data cifar10 --data-dir cifar/truncated | data_batch_1.bin: truncated at offset 6146 | record 2 has 100 of 3073 bytes | fetch the file again
2 | --data cifar10 --data-dir cifar/text | data_batch_1.bin: truncated at offset 0 | fetch the file again
2 | --data cifar10 --data-dir cifar/label | data_batch_1.bin: label 250 at offset 3073 (record 1) | 0..=9 | CIFAR-10
2 | --data cifar10 --data-dir cifar/no-test | test_batch.bin: missing | CIFAR-10 needs it | --download
2 | --data cifar10 --data-dir cifar/no-train | data_batch*.bin: missing | CIFAR-10 needs it
2 | --data cifar10 --data-dir cifar/folder | data_batch_1.bin: no ordinary file; expected CIFAR-10 records
2 | --data cifar10 --data-dir cifar/pipe | data_batch_1.bin: no ordinary file; expected CIFAR-10 records
2 | --data cifar10 --data-dir cifar/dangling | data_batch_1.bin: cannot read the file: No such file
2 | --data cifar10 --data-dir cifar/pipe-test | test_batch.bin: missing
2 | --data cifar100 --data-dir cifar/good | cifar/good: no CIFAR-100 files | train*.bin, test.bin
2 | --data cifar10 --data-dir cifar/good --train-size 21 | --train-size 21 | at most 20, all there are in cifar/good
2 | --data cifar10 --data-dir cifar/good --test-size 11 | --test-size 11 | at most 10, all there are in cifar/good
2 | --data cifar10 --download --data-dir file | file: is no folder
2 | --data cifar10 --download --data-dir dangling | dangling: is no folder
2 | --data cifar10 --download --data-dir cifar/no-test | test_batch.bin: missing | into another folder
";

const STUDY: &str = r"
2 | --claims ''                    | --claims | whole number
2 | --claims                       | --claims | value is required
2 | --claims a                     | --claims | 'a' | whole number
2 | --claims 0                     | --claims 0 | from 1 to 6
2 | --claims 7                     | --claims 7 | from 1 to 6
2 | --claims -1                    | --claims | '-1' | whole number
2 | --claims 1.5                   | --claims | 1.5 | whole number
2 | --claims 1,,2                  | --claims | whole number
2 | --claims 256                   | --claims | 256 | too large
2 | --claims \xff                  | --claims \xff | UTF-8
2 | --activations ''               | --activations | no activation is called ``
2 | --activations prelo            | --activations | did you mean `prelu`?
2 | --activations relu,            | --activations | no activation is called ``
2 | --activations a\x1b[31m        | --activations | `a\x1b[31m`
2 | --seeds 1                      | --seeds 1 | at least 2
2 | --seeds 1001                   | --seeds 1001 | at most 1000
2 | --seeds -3                     | --seeds | -3 | whole number
2 | --seeds 18446744073709551616   | --seeds | too large
2 | --max-seeds 1                  | --max-seeds 1 | at least 2
2 | --seeds 9 --max-seeds 5        | --max-seeds 5 | at least 9
2 | --max-seeds 3                  | --max-seeds 3 | at least 4
2 | --max-seeds 1001               | --max-seeds 1001 | at most 1000
2 | --max-seeds few                | --max-seeds | few | whole number
2 | --hours 0                      | --hours 0 | above 0
2 | --hours -1                     | --hours | -1
2 | --hours nan                    | --hours | above 0
2 | --hours long                   | --hours | long | expected a number
2 | --until-decided yes            | yes
2 | --budget lavish                | --budget | lavish | quick, standard, full
2 | --budget Quick                 | --budget | similar | 'quick'
2 | --data mnist                   | --data | mnist | cifar10
2 | --data cifar10 --data-dir new  | new: no such folder | --download
2 | --data cifar10 --data-dir cifar/label | label 250
2 | --data-dir cifar/good          | --data synthetic | with --data-dir
2 | --download                     | --data synthetic | with --download
2 | --train-size 99                | --train-size 99 | at least 100
2 | --train-size 10000001          | --train-size 10000001 | at most 10000000
2 | --test-size 9                  | --test-size 9 | at least 10
2 | --test-size nan                | --test-size | nan | whole number
2 | --backend flx                  | --backend | similar | 'flex'
2 | --jobs 0                       | --jobs 0 | at least 1
2 | --jobs 1025                    | --jobs 1025 | at most 1024
2 | --jobs two                     | --jobs | two | whole number
2 | --resume --resume              | --resume | multiple times
2 | --overwrite                    | --overwrite | --help
2 | --out ''                       | --out | value is required
2 | --out file                     | file: is a file; name another folder
2 | --out file/new                 | file/new: file is a file
2 | --out dangling                 | dangling: is a link that leads nowhere
2 | --out pipe                     | pipe: is no folder
2 | --out run                      | run: holds files of `cnn_cifar`; name another folder
2 | --out mine-study               | mine-study: holds a `results.csv` that `study` did not write; name another
1 | --out study-text --resume      | study-text/study.json: unusable: expected | delete it and use --resume
1 | --out study-empty --resume     | study-empty/study.json: unusable | delete it and use --resume
1 | --out study-pipe               | study-pipe/study.json: unusable: it is no ordinary file; delete it and use --resume
1 | --out study-bytes              | study-bytes/study.json: unusable: | UTF-8; delete it and use --resume
2 | --out study-other --resume     | study-other: holds a study with backend wgpu, not flex; name another folder with --out
2 | --out study-there --data cifar10 --data-dir cifar/good | study-there: holds 2 finished trainings; continue with --resume | --out
2 | --out study-runs               | study-runs/runs: is a file; name another folder, or move that away
2 | extra                          | 'extra' | --help
";

const EXPLORE: &str = r"
2 | ''                             | [NAME] | no activation is called ``
2 | preluu                         | did you mean `prelu`?
2 | pre\x1b]0;hi\x07lu             | `pre\x1b]0;hi\x07lu`
2 | \xff                           | \xff: expected text in UTF-8
2 | prelu relu                     | unexpected | 'relu'
2 | prelu --colour                 | --colour
2 | prelu --set                    | --set | value is required
2 | prelu --set ''                 | --set | PARAM=VALUE
2 | prelu --set alpha              | --set | alpha | PARAM=VALUE
2 | prelu --set =1                 | no parameter `` | there are: alpha
2 | prelu --set alpha=             | --set | `` is no number
2 | prelu --set alpha=one          | --set | `one` is no number; expected one such as
2 | prelu --set alpha=nan          | --set | alpha=nan | finite
2 | prelu --set alpha=-inf         | --set | alpha=-inf | finite
2 | prelu --set alpha=1e400        | --set | `1e400` is too large
2 | prelu --set alpha=1e-400       | --set | `1e-400` is too small
2 | prelu --set alpha=1e39         | --set alpha=1e39 | f32 can hold
2 | prelu --set alpha=1e-70        | --set alpha=1e-70 | f32 can hold
2 | prelu --set alpha=1e9 --dtype f16 | --set alpha | f16 can hold
2 | prelu --set alpha=1 --set alpha=2 | --set alpha=2 | `alpha` once | 1 before
2 | prelu --set alpha=1,alpha=1    | --set alpha=1 | `alpha` once
2 | prelu --set alhpa=1            | `alhpa` | did you mean `alpha`?
2 | prelu --set a\x1b[31m=1        | no parameter `a\x1b[31m` | alpha
2 | prelu --set al\xff=1           | --set al\xff=1 | UTF-8
2 | relu --set alpha=1             | `relu` has no parameters | `alpha`
2 | pelu --set a=0                 | `pelu` | a = 0 is out of bounds | >= 0.1
2 | pelu --set a=-1e30             | `pelu` | out of bounds | >= 0.1
2 | --set alpha=1                  | <NAME>
2 | prelu --at                     | --at | value is required
2 | prelu --at ''                  | --at | `` is no number
2 | prelu --at 1,,2                | --at | `` is no number
2 | prelu --at 1,two               | --at | `two` is no number
2 | prelu --at 1e400               | --at | `1e400` is too large
2 | prelu --at 3..1                | --at | 3..1 | LOW..HIGH:STEP
2 | prelu --at ..                  | --at | `` is no number
2 | prelu --at 1..2..3             | --at | `2..3` is no number
2 | prelu --at 0..1:0              | --at | 0..1:0 | LOW..HIGH:STEP
2 | prelu --at 0..1:-1             | --at | LOW..HIGH:STEP
2 | prelu --at 0..inf              | --at | 0..inf | finite
2 | prelu --at nan..1              | --at | nan..1 | finite
2 | prelu --at 0..1e9              | --at | at most 100000 points
2 | prelu --at 0..1:1e-300         | --at | at most 100000 points
2 | prelu --at 0..90000 --at 0..90000 | --at | 180002 points | at most 100000
2 | prelu --at \xff                | --at \xff | UTF-8
2 | --at 1                         | <NAME>
2 | --json                         | <NAME>
2 | --svg x.svg                    | <NAME>
2 | --dtype f16                    | <NAME>
2 | --backend flex                 | <NAME>
2 | prelu --json --json            | --json | multiple times
2 | prelu --json=1                 | --json | '1'
2 | prelu --dtype f8               | --dtype | f8 | f64, f32, f16, bf16
2 | prelu --dtype ''               | --dtype | value is required | bf16
2 | prelu --backend none           | --backend | none | flex
2 | prelu --svg ''                 | --svg | value is required
2 | prelu --svg x.svg --svg y.svg  | --svg | multiple times
2 | prelu --svg dir                | dir: is a folder; name another file
2 | prelu --svg file/x.svg         | file/x.svg: file is a file; name another
2 | prelu --svg new/x.svg          | new/x.svg: the folder new is not there
2 | prelu --svg new/sub/x.svg      | the folder new/sub is not there
2 | prelu --svg dangling/x.svg     | dangling is a link that leads nowhere
2 | prelu --svg pipe               | pipe: is no ordinary file; name another
2 | prelu --svg socket             | socket: is no ordinary file
2 | prelu --svg null               | null: is no ordinary file
1 | prelu --svg A*300              | AAAA: cannot write: File name too long
2 | prelu --svg file/\x1b[31m.svg  | file/\x1b[31m.svg: file is a file
2 | prelu --svg new/\xff           | the folder new is not there
2 | prelu --svg x.svg --at inf     | --svg | --at | from -1000 to 1000
2 | prelu --svg x.svg --at 1e30,0  | --svg | --at | from -1000 to 1000
2 | prelu --svg x.svg --at 1       | --svg | 0.01 apart
2 | --gallery                      | --gallery | value is required
2 | --gallery ''                   | --gallery | value is required
2 | --gallery file                 | file: is a file; name another folder
2 | --gallery file/new             | file/new: file is a file
2 | --gallery dangling             | dangling: is a link that leads nowhere
2 | --gallery pipe                 | pipe: is no folder
2 | --gallery run                  | run: holds files of `cnn_cifar`
2 | --gallery mine-gallery         | mine-gallery: holds a `index.html` that `explore` did not write
2 | --gallery new --book new       | --gallery | --book | cannot be used with
2 | --gallery new --svg x.svg      | --gallery | --svg | cannot be used with
2 | --gallery new --json           | --gallery | --json | cannot be used with
2 | --gallery new --at 1           | --gallery | --at | cannot be used with
2 | --gallery new --set a=1        | --gallery | --set | cannot be used with
2 | --gallery new --dtype f16      | --gallery | --dtype | cannot be used with
2 | --gallery new --backend flex   | --gallery | --backend | cannot be used with
2 | prelu --gallery new            | NAME | --gallery | cannot be used with
2 | prelu --book new               | NAME | --book | cannot be used with
2 | --book new --svg x.svg         | --book | --svg | cannot be used with
2 | --book new --json              | --book | --json | cannot be used with
2 | --book file                    | file: is a file; name another folder
2 | --book file/new                | file/new: file is a file
2 | --book run                     | run: holds files of `cnn_cifar`
";

const BENCH: &str = r"
2 |                                | a command is missing: floor or step
2 | flor                           | flor | similar | 'floor'
2 | --json                         | --json
2 | floor --shape ''               | --shape | 64,128,32,32
2 | floor --shape 4                | --shape | '4' | two to four sizes
2 | floor --shape 4,0              | --shape | 4,0 | above 0
2 | floor --shape 4,-1             | --shape | 4,-1 | above 0
2 | floor --shape 1.5,2            | --shape | 1.5,2 | two to four sizes
2 | floor --shape 1,2,3,4,5        | --shape | two to four sizes
2 | floor --shape 4,4:2            | --shape | 4,4:2 | axis
2 | floor --shape 4,4:             | --shape | axis
2 | floor --shape 99999999,99999999 | --shape | 2^30 elements at most
2 | floor --shape 18446744073709551616,1 | --shape | 2^30 elements at most
2 | floor --activations prellu     | --activations | did you mean `prelu`?
2 | floor --activations ''         | --activations | no activation is called ``
2 | floor --sharing chanel         | --sharing | similar | 'channel'
2 | floor --sharing ''             | --sharing | value is required | layer, channel, element
2 | floor --dtype f8               | --dtype | f8 | f64, f32, f16, bf16
2 | floor --rounds 0               | --rounds | at least 1
2 | floor --rounds -1              | --rounds | '-1' | at least 1
2 | floor --rounds 1.5             | --rounds | 1.5 | number of rounds
2 | floor --rounds 1000001         | --rounds | at most 1000000
2 | floor --rounds 18446744073709551616 | --rounds | at most 1000000
2 | floor --rounds \xff            | --rounds \xff | UTF-8
2 | floor --rounds 1 --rounds 2    | --rounds | multiple times
2 | floor --batch-size 2           | --batch-size
2 | floor --backend flx            | --backend | similar | 'flex'
2 | step --dtype f16               | --dtype
2 | step --shape 4,4               | --shape
2 | step --batch-size 0            | --batch-size 0 | at least 1
2 | step --batch-size -1           | --batch-size | '-1' | whole number
2 | step --batch-size x            | --batch-size | 'x' | whole number
2 | step --batch-size 100001       | --batch-size 100001 | at most 100000
2 | step --batch-size 18446744073709551616 | --batch-size | too large
2 | step --width 5000              | --width 5000 | at most 4096
2 | step --width 1e2               | --width | 1e2 | whole number
2 | step --width 4096 --batch-size 100000 | --batch-size 100000 | what fits into memory
2 | step --activations prelo       | --activations | did you mean `prelu`?
2 | step --backend ''              | --backend | value is required
2 | step --rounds                  | --rounds | value is required
2 | step step                      | 'step'
";

const OWN_MODEL: &str = r"
2 | --activation ''                | --activation | no activation is called ``
2 | --activation prelo             | --activation | did you mean `prelu`?
2 | --activation \x1b[31mprelu     | --activation | `\x1b[31mprelu`
2 | --activation \xff              | --activation \xff | UTF-8
2 | --epochs 0                     | --epochs 0 | at least 1
2 | --epochs many                  | --epochs | many | whole number
2 | --epochs -1                    | --epochs | '-1' | whole number
2 | --epochs 99999999999           | --epochs 99999999999 | at most 1000000
2 | --epochs 18446744073709551616  | --epochs | too large
2 | --every -1                     | --every | '-1' | whole number
2 | --every x                      | --every | 'x' | whole number
2 | --lr 0                         | --lr 0 | a number above 0
2 | --lr -1                        | --lr -1 | a number above 0
2 | --lr nan                       | --lr NaN | a number above 0
2 | --lr -inf                      | --lr -inf | a number above 0
2 | --lr 1e400                     | --lr | 1e400 | too large
2 | --lr                           | --lr | value is required
2 | --no-tui --no-tui              | --no-tui | multiple times
2 | --no-tui=1                     | --no-tui | '1'
2 | --backend flex                 | --backend
1 | --lr 1e30 --out new            | epoch 1: the loss of step 2 is NaN; a lower --lr may help | +new/.burn-rectifiers | +new/experiment.log | +new/train
2 | --out file                     | file: is a file; name another folder
2 | --out file/new                 | file/new: file is a file
2 | --out dangling                 | dangling: is a link that leads nowhere
2 | --out pipe                     | pipe: is no folder
2 | --out run                      | run: holds files of `cnn_cifar`
2 | --out mine-logs                | mine-logs: holds a `train` that `own_model` did not write; name another folder
";

const CUSTOM_CURVE: &str = r"
2 | --backend                      | --backend | value is required
2 | --backend flx                  | --backend | similar | 'flex'
2 | --backend \xff                 | --backend
2 | --backend flex --backend flex  | --backend | multiple times
2 | --steps 3                      | --steps | --help
2 | extra                          | 'extra'
";

const BACKEND_SWAP: &str = r"
2 | --steps 0                      | --steps 0 | from 1 to 100000
2 | --steps many                   | --steps | many | whole number
2 | --steps -1                     | --steps | -1 | whole number of 0 or more
2 | --backends flx                 | --backends | similar | 'flex'
2 | --backends flex,flex           | --backends flex | each name once
2 | --backends rocm                | rocm | --features rocm
2 | --backends ''                  | --backends | value is required
2 | --activation prellu            | did you mean `prelu`?
2 | --batch-size 0                 | --batch-size 0 | at least 1
2 | --width 5000                   | --width 5000 | at most 4096
2 | --lr nan                       | --lr | above 0
2 | --out file                     | file: is a file; name another folder
2 | --out run                      | run: holds files of `cnn_cifar`
2 | extra                          | 'extra'
";

const COMPARE: &str = r"
2 | run                            | DIR | 2 values required
2 | run none                       | none: no finished run of cnn_cifar | --resume
2 | run dir                        | dir: no finished run of cnn_cifar
2 | run ./run                      | ./run: named twice
2 | run mine                       | mine: no finished run
1 | run text-summary               | text-summary/summary.json: no summary of a run | repeat the run
2 | run longer --out file          | file: is a file; name another folder
2 | run longer --out run           | run: holds files of `cnn_cifar`
2 | run longer --pages             | --pages
";

#[cfg(feature = "remote")]
const SERVE: &str = r"
2 | --backend remote               | --backend remote | this machine
2 | --backend flx                  | --backend | similar | 'flex'
2 | --devices 0                    | --devices 0 | from 1 to 64
2 | --devices 65                   | --devices 65 | from 1 to 64
2 | --port 70000                   | --port | 70000 | too large
2 | --port any                     | --port | any | whole number
2 | --host gpu                     | --host | gpu | IP
1 | --host 192.0.2.1               | --port 3000 | 192.0.2.1:3000 | --port
2 | --resume                       | --resume
";

const PROGRAMS: &[(&str, &str)] = &[
    ("cnn_cifar", CNN_CIFAR),
    ("study", STUDY),
    ("explore", EXPLORE),
    ("bench", BENCH),
    ("own_model", OWN_MODEL),
    ("custom_curve", CUSTOM_CURVE),
    ("backend_swap", BACKEND_SWAP),
    ("compare", COMPARE),
    #[cfg(feature = "remote")]
    ("serve", SERVE),
];

const SMALL: &str = "--train-size 16 --test-size 10 --batch-size 8 --width 2 --epochs 1";

/// Longer, a program waits for something that will not come.
const PATIENCE: Duration = Duration::from_secs(30);

struct Row {
    program: &'static str,
    line: &'static str,
    code: i32,
    words: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let row = |program, line: &'static str| {
        let mut cells = line.split(" | ").map(str::trim);
        let code = cells.next().unwrap().parse().unwrap();
        let line = cells.next().unwrap();
        Row {
            program,
            line,
            code,
            words: cells.collect(),
        }
    };
    let rows = PROGRAMS.iter().flat_map(|(program, table)| {
        let lines = table.lines().filter(|line| !line.is_empty());
        lines.map(move |line| row(program, line))
    });
    rows.collect()
}

#[test]
fn bad_inputs_get_a_line_and_change_nothing() {
    let rows = rows();
    assert!(rows.len() >= 200, "{} rows", rows.len());
    let world = World::new();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(vec![]));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = world.check(row);
                    if !found.is_empty() {
                        let found = found.join("\n    ");
                        let failure = format!("{} {}\n    {found}", row.program, row.line);
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {} rows:\n{}",
        failures.len(),
        rows.len(),
        failures.join("\n")
    );
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq)]
enum Thing {
    Folder,
    File(Vec<u8>),
    Link(PathBuf),
    Pipe,
    Socket,
}

/// What each row finds in its folder.
pub struct World {
    things: BTreeMap<PathBuf, Thing>,
    /// Holds a pipe, which others are links to: one process makes it, instead of one for each.
    source: TempDir,
}

impl World {
    pub fn new() -> Self {
        let source = tempdir().unwrap();
        let pipe = source.path().join("pipe");
        let made = Command::new("mkfifo").arg(pipe).status().unwrap();
        assert!(made.success());
        let things = BTreeMap::new();
        let mut world = Self { things, source };
        world.ordinary();
        world.cifar();
        world.runs();
        world.studies();
        world
    }

    fn file(&mut self, path: &str, bytes: impl AsRef<[u8]>) {
        self.put(path, Thing::File(bytes.as_ref().into()));
    }

    fn put(&mut self, path: &str, thing: Thing) {
        let path = Path::new(path);
        for folder in path.ancestors().skip(1) {
            self.things.entry(folder.into()).or_insert(Thing::Folder);
        }
        self.things.insert(path.into(), thing);
    }

    fn mark(&mut self, folder: &str, program: &str) {
        let mark = format!("{{\"program\":\"{program}\",\"version\":\"0.1.0\"}}\n");
        self.file(&format!("{folder}/.burn-rectifiers"), mark);
    }

    fn ordinary(&mut self) {
        self.file("file", "somebody's text\n");
        self.put("dir/inside", Thing::Folder);
        self.put("pipe", Thing::Pipe);
        self.put("socket", Thing::Socket);
        for (link, to) in [
            ("dangling", "nowhere"),
            ("loop", "loop"),
            // Whoever renames something over it destroys the link alone.
            ("null", "/dev/null"),
            ("link-to-run", "run"),
        ] {
            self.put(link, Thing::Link(to.into()));
        }
        self.file("mine/settings.json", "somebody's text\n");
        self.file("mine-study/results.csv", "somebody's text\n");
        self.file("mine-gallery/index.html", "somebody's text\n");
        self.file("mine-logs/train/cat.png", "somebody's picture\n");
        self.mark("gallery", "explore");
        self.put("mark-folder/.burn-rectifiers", Thing::Folder);
        self.put("mark-pipe/.burn-rectifiers", Thing::Pipe);
    }

    fn cifar(&mut self) {
        let records = |labels: &[u8]| -> Vec<u8> {
            let record = |label: &u8| [vec![*label], vec![*label; 3072]].concat();
            labels.iter().flat_map(record).collect()
        };
        let good: Vec<u8> = (0..20).map(|i| i % 10).collect();
        let (good, test) = (records(&good), records(&good[..10]));
        for (name, train) in [
            ("good", good),
            ("empty", vec![]),
            ("truncated", records(&[1, 2, 3])[..2 * 3073 + 100].to_vec()),
            ("text", b"somebody's text\n".to_vec()),
            ("label", records(&[1, 250])),
        ] {
            self.file(&format!("cifar/{name}/data_batch_1.bin"), train);
            self.file(&format!("cifar/{name}/test_batch.bin"), &test);
        }
        for (name, train) in [
            ("folder", Thing::Folder),
            ("pipe", Thing::Pipe),
            ("dangling", Thing::Link("nowhere".into())),
        ] {
            self.put(&format!("cifar/{name}/data_batch_1.bin"), train);
            self.file(&format!("cifar/{name}/test_batch.bin"), &test);
        }
        self.file("cifar/no-test/data_batch_1.bin", &test);
        self.file("cifar/no-train/test_batch.bin", &test);
        self.file("cifar/pipe-test/data_batch_1.bin", &test);
        self.put("cifar/pipe-test/test_batch.bin", Thing::Pipe);
    }

    /// A run of an epoch, one of two, and copies of the former with something wrong.
    fn runs(&mut self) {
        let temp = tempdir().unwrap();
        for (name, epochs) in [("run", "--epochs 1"), ("longer", "--epochs 2")] {
            let line = format!("{} --out {name}", SMALL.replace("--epochs 1", epochs));
            let mut command = example("cnn_cifar", &line);
            let output = command.current_dir(&temp).output().unwrap();
            assert!(output.status.success(), "{}", text(&output.stderr));
        }
        self.things.extend(things(temp.path()));
        let checkpoint = |name: &str| format!("checkpoint/epoch-1/{name}");
        let settings = "settings.json";
        for (name, file, thing) in [
            ("text-settings", settings, Thing::File(b"no JSON".into())),
            ("pipe-settings", settings, Thing::Pipe),
            (
                "text-summary",
                "summary.json",
                Thing::File(b"no JSON".into()),
            ),
            (
                "old-settings",
                settings,
                Thing::File(br#"{"activation": "prelu"}"#.into()),
            ),
            (
                "damaged",
                &checkpoint("model.bpk"),
                Thing::File(b"zeros".into()),
            ),
            ("no-sums", &checkpoint("SHA256SUMS"), Thing::File(vec![])),
            ("folder-sums", &checkpoint("SHA256SUMS"), Thing::Folder),
            ("pipe-model", &checkpoint("model.bpk"), Thing::Pipe),
        ] {
            let run = self.things.iter();
            let run = run.filter_map(|(path, thing)| Some((path.strip_prefix("run").ok()?, thing)));
            let copy: Vec<_> = run
                .map(|(path, thing)| (Path::new(name).join(path), thing.clone()))
                .collect();
            self.things.extend(copy);
            self.put(&format!("{name}/{file}"), thing);
        }
    }

    fn studies(&mut self) {
        // FNV-1a over pixels and labels, as a study does.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for count in [20, 10] {
            let labels = (0..count).map(|i| i % 10);
            let pixels = labels.clone().flat_map(|label| [label; 3072]);
            for byte in pixels.chain(labels) {
                hash = (hash ^ byte).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        let of_cifar = format!(
            r#"{{"backend":"flex","images":"cifar10","test images":"10","training images":"20","version of the images":"{hash:016x}"}}"#
        );
        for (name, description) in [
            ("study-text", Thing::File(b"somebody's text\n".into())),
            ("study-empty", Thing::File(vec![])),
            ("study-pipe", Thing::Pipe),
            ("study-bytes", Thing::File(vec![0xff; 20])),
            ("study-other", Thing::File(br#"{"backend":"wgpu"}"#.into())),
            ("study-there", Thing::File(of_cifar.into())),
        ] {
            self.mark(name, "study");
            self.put(&format!("{name}/study.json"), description);
            // What trials are stored in, damaged.
            self.file(
                &format!("{name}/runs/relu-seed1-0000000000000000.json"),
                "{}",
            );
            self.file(&format!("{name}/runs/elu-seed1-0000000000000000.json"), "");
        }
        self.mark("study-runs", "study");
        self.file("study-runs/runs", "somebody's text\n");
    }

    /// What `line` names.
    fn of(&self, line: &str) -> BTreeMap<&Path, &Thing> {
        let is_named = |path: &Path| match path.iter().next() {
            Some(top) => line.contains(top.to_str().unwrap()),
            None => true,
        };
        let things = self.things.iter().filter(|(path, _)| is_named(path));
        things.map(|(path, thing)| (&**path, thing)).collect()
    }

    /// Makes what `line` names in an empty folder.
    pub fn make(&self, line: &str, folder: &Path) {
        for (path, thing) in self.of(line) {
            let at = folder.join(path);
            match thing {
                Thing::Folder => fs::create_dir_all(at).unwrap(),
                Thing::File(bytes) => fs::write(at, bytes).unwrap(),
                Thing::Link(to) => std::os::unix::fs::symlink(to, at).unwrap(),
                Thing::Socket => drop(std::os::unix::net::UnixListener::bind(at).unwrap()),
                Thing::Pipe => fs::hard_link(self.source.path().join("pipe"), at).unwrap(),
            }
        }
    }

    /// What is wrong with the answer to a row.
    fn check(&self, row: &Row) -> Vec<String> {
        let temp = tempdir().unwrap();
        let before = self.of(row.line);
        self.make(row.line, temp.path());
        let line = row.line.replace("$SMALL", SMALL);
        let mut command = example(row.program, "");
        for argument in line.split_whitespace().map(argument) {
            command.arg(argument);
        }
        command.current_dir(&temp);
        let Some((code, said, message)) = answer(command) else {
            return vec![format!("still running after {PATIENCE:?}")];
        };
        let mut wrong = vec![];
        let mut expect = |is_so: bool, what: &str| {
            if !is_so {
                wrong.push(what.to_string());
            }
        };
        expect(code == Some(row.code), &format!("exit code {code:?}"));
        expect(said.is_empty(), &format!("standard output: {said}"));
        expect(
            (1..=2).contains(&message.lines().count()),
            "one or two lines",
        );
        let last = message.lines().last().unwrap_or_default();
        expect(last.starts_with("error: "), "`error: ` first");
        for forbidden in ["panicked", "os error", "\u{fffd}\u{fffd}\u{fffd}"] {
            expect(!message.contains(forbidden), forbidden);
        }
        let is_raw = |c: char| c.is_control() && c != '\n';
        expect(!message.contains(is_raw), "control characters");
        let words = row.words.iter().filter(|word| !word.starts_with('+'));
        words.for_each(|word| expect(message.contains(word), &format!("no `{word}`")));

        let may_change = |path: &Path| {
            let mut allowed = row.words.iter().filter_map(|word| word.strip_prefix('+'));
            // And the folders it lies in.
            allowed.any(|allowed| path.starts_with(allowed) || Path::new(allowed).starts_with(path))
        };
        let after = things(temp.path());
        for (path, thing) in &after {
            let is_same = before.get(&**path) == Some(&thing) || may_change(path);
            expect(is_same, &format!("{} is new or changed", path.display()));
        }
        for path in before.keys().filter(|path| !after.contains_key(**path)) {
            expect(may_change(path), &format!("{} is gone", path.display()));
        }
        if !wrong.is_empty() {
            wrong.push(format!("{message:?}"));
        }
        wrong
    }
}

/// Everything in a folder, by its path below.
fn things(folder: &Path) -> BTreeMap<PathBuf, Thing> {
    use std::os::unix::fs::FileTypeExt;
    let mut found = BTreeMap::from([(PathBuf::new(), Thing::Folder)]);
    let mut open = vec![PathBuf::new()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(folder.join(&path))
            .unwrap()
            .map(Result::unwrap)
        {
            let path = path.join(entry.file_name());
            let kind = entry.file_type().unwrap();
            let thing = if kind.is_dir() {
                open.push(path.clone());
                Thing::Folder
            } else if kind.is_symlink() {
                Thing::Link(fs::read_link(entry.path()).unwrap())
            } else if kind.is_fifo() {
                Thing::Pipe
            } else if kind.is_socket() {
                Thing::Socket
            } else {
                Thing::File(fs::read(entry.path()).unwrap())
            };
            found.insert(path, thing);
        }
    }
    found
}

/// An argument as rows write it.
fn argument(written: &str) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    let (mut bytes, mut rest) = (vec![], written);
    while let Some(c) = rest.chars().next() {
        let (byte, len) = match &rest.as_bytes()[..rest.len().min(4)] {
            [b'\'', b'\'', ..] => (None, 2),
            [b'\\', b'n', ..] => (Some(b'\n'), 2),
            [b'\\', b'_', ..] => (Some(b' '), 2),
            [b'\\', b'x', ..] => (u8::from_str_radix(&rest[2..4], 16).ok(), 4),
            [b'A', b'*', ..] => {
                bytes.extend([b'A'; 300]);
                (None, "A*300".len())
            }
            _ => (Some(rest.as_bytes()[0]), 1),
        };
        assert!(c.is_ascii(), "{written}");
        bytes.extend(byte);
        rest = &rest[len..];
    }
    OsString::from_vec(bytes)
}

/// Exit code, standard output and standard error; nothing if it does not end.
fn answer(mut command: Command) -> Option<(Option<i32>, String, String)> {
    let streams = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = streams.stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().unwrap();
    Some((
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    ))
}
