//! What all pictures have in common.

use plotters::{
    chart::MeshStyle,
    coord::{
        Shift,
        ranged1d::{Ranged, ValueFormatter},
        types::RangedCoordf64,
    },
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::base::digits::{fixed, trimmed};

/// An SVG document.
pub(crate) type Drawn = Result<String, Box<dyn std::error::Error>>;

/// Where to draw.
pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

pub(crate) const BLUE: RGBColor = RGBColor(31, 99, 171);
pub(crate) const ORANGE: RGBColor = RGBColor(214, 97, 20);
pub(crate) const TEAL: RGBColor = RGBColor(0, 128, 104);
pub(crate) const PURPLE: RGBColor = RGBColor(138, 70, 156);
pub(crate) const RED: RGBColor = RGBColor(190, 38, 62);
pub(crate) const OLIVE: RGBColor = RGBColor(128, 112, 0);
pub(crate) const GREY: RGBColor = RGBColor(120, 120, 120);
pub(crate) const PALE: RGBColor = RGBColor(200, 209, 219);
pub(crate) const INK: RGBColor = RGBColor(40, 40, 40);

/// plotters rounds to whole units, which makes slanted lines jagged. So everything is drawn this
/// many times larger than it is shown.
pub(crate) const SCALE: u32 = 4;

/// A length in the picture, in pixels as shown.
pub(crate) const fn px(length: u32) -> u32 {
    length * SCALE
}

/// At most so many panels stand side by side.
const COLUMNS: usize = 4;

/// Panels in rows under a title; `panel` draws number `index`.
pub(crate) fn panels(
    title: &str,
    count: usize,
    mut panel: impl FnMut(usize, &Area) -> Result<(), Box<dyn std::error::Error>>,
) -> Drawn {
    // As few rows as possible, filled as evenly as possible.
    let rows = count.div_ceil(COLUMNS);
    let columns = count.div_ceil(rows.max(1));
    let width = if count == 1 {
        620
    } else {
        460 * columns as u32
    };
    let height = 40 + 380 * rows as u32;
    document((width, height), |root| {
        let area = root.margin(px(6), 0, 0, 0).titled(title, text(19))?;
        let areas = area.split_evenly((rows, columns));
        for (index, area) in areas.iter().take(count).enumerate() {
            panel(index, area)?;
        }
        Ok(())
    })
}

/// A document of this width and height, in pixels as shown.
pub(crate) fn document(
    (width, height): (u32, u32),
    draw: impl FnOnce(&Area) -> Result<(), Box<dyn std::error::Error>>,
) -> Drawn {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (px(width), px(height))).into_drawing_area();
        root.fill(&WHITE)?;
        draw(&root)?;
        root.present()?;
    }
    let drawn = format!(r#"width="{}" height="{}""#, px(width), px(height));
    Ok(svg.replacen(&drawn, &format!(r#"width="{width}" height="{height}""#), 1))
}

/// A chart under its title, with room for the names and numbers of its axes.
pub(crate) fn chart<'a, 'b>(
    area: &'a Area<'b>,
    title: &str,
) -> Result<ChartBuilder<'a, 'b, SVGBackend<'b>>, Box<dyn std::error::Error>> {
    let (margin, left) = (px(12) as i32, px(54));
    // Over the middle of the plot, not of the panel.
    let middle = (area.dim_in_pixel().0 + left) as i32 / 2;
    let centered = text(16).pos(Pos::new(HPos::Center, VPos::Top));
    area.draw(&Text::new(title, (middle, px(10) as i32), centered))?;
    let mut chart = ChartBuilder::on(area);
    chart
        .margin(margin)
        .margin_top(px(38))
        .x_label_area_size(px(42))
        .y_label_area_size(left);
    Ok(chart)
}

/// Two axes of real numbers.
pub(crate) type Chart<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Draws grid and axes. `x` and `y` are the names of the axes and how many numbers they show at
/// most.
pub(crate) fn mesh(
    chart: &mut Chart,
    x: (&str, usize),
    y: (&str, usize),
) -> Result<(), Box<dyn std::error::Error>> {
    styled_mesh(chart, [14, 12])
        .x_desc(x.0)
        .y_desc(y.0)
        .x_labels(x.1)
        .y_labels(y.1)
        .x_label_formatter(&number)
        .y_label_formatter(&number)
        .draw()?;
    Ok(())
}

/// Grid and axes of any kind, to be drawn, with the sizes of the axes' names and numbers.
pub(crate) fn styled_mesh<'a, 'b, 'c, X, Y>(
    chart: &'c mut ChartContext<'a, SVGBackend<'b>, Cartesian2d<X, Y>>,
    [names, numbers]: [u32; 2],
) -> MeshStyle<'a, 'c, X, Y, SVGBackend<'b>>
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let mut mesh = chart.configure_mesh();
    mesh.axis_desc_style(text(names))
        .label_style(text(numbers))
        .axis_style(GREY.stroke_width(SCALE))
        .bold_line_style(PALE.mix(0.6).stroke_width(SCALE))
        .light_line_style(TRANSPARENT)
        .set_all_tick_mark_size(px(4));
    mesh
}

/// Draws the legend.
pub(crate) fn legend<'a, 'b: 'a>(
    chart: &mut Chart<'a, 'b>,
    position: SeriesLabelPosition,
) -> Result<(), Box<dyn std::error::Error>> {
    chart
        .configure_series_labels()
        .position(position)
        .margin(px(6))
        .legend_area_size(px(26))
        .background_style(WHITE.mix(0.85))
        .border_style(PALE.stroke_width(SCALE))
        .label_font(text(12))
        .draw()?;
    Ok(())
}

/// A line in the legend.
pub(crate) fn stroke(style: ShapeStyle) -> impl Fn((i32, i32)) -> PathElement<(i32, i32)> {
    move |(x, y)| PathElement::new([(x, y), (x + px(18) as i32, y)], style)
}

/// How a line stands in a legend, broken like those that plotters draws dash by dash.
pub(crate) fn dashes(
    style: ShapeStyle,
) -> impl Fn((i32, i32)) -> plotters::element::DashedPathElement<Line, u32> {
    move |(x, y)| {
        let ends = [(x, y), (x + px(18) as i32, y)];
        plotters::element::DashedPathElement::new(ends, px(5), px(4), style)
    }
}

type Line = std::array::IntoIter<(i32, i32), 2>;

/// How a line is broken: lengths of strokes and gaps, in pixels as shown.
pub(crate) type Dash = &'static [u32];

pub(crate) const SOLID: Dash = &[];
pub(crate) const DASHES: Dash = &[5, 3];
pub(crate) const LONG_DASHES: Dash = &[10, 3];
pub(crate) const DOTS: Dash = &[2, 2];
pub(crate) const DASH_DOT: Dash = &[8, 2, 2, 2];

/// In this order, a coded width names its pattern.
const PATTERNS: [Dash; 5] = [SOLID, DASHES, LONG_DASHES, DOTS, DASH_DOT];

/// No line is that wide: a larger width is a code for [`with_dashes`], pattern and width in one.
const CODE: u32 = 1000;

/// A thin line that is dashed in the end.
pub(crate) fn dashed(color: &impl Color) -> ShapeStyle {
    broken(color, px(3) / 2, DASHES)
}

/// A line of this width, in units of the drawing, that is broken in the end.
pub(crate) fn broken(color: &impl Color, width: u32, dash: Dash) -> ShapeStyle {
    let pattern = PATTERNS.iter().position(|pattern| *pattern == dash);
    color.stroke_width(CODE * pattern.unwrap_or(0) as u32 + width)
}

/// The picture with dashes where they are due. plotters would write each dash as an element.
pub(crate) fn with_dashes(svg: &str) -> String {
    const WIDTH: &str = "stroke-width=\"";
    let mut parts = svg.split(WIDTH);
    let mut drawn = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (code, rest) = part.split_once('"').unwrap_or((part, ""));
        let (pattern, width) = match code.parse::<u32>() {
            Ok(code) if code >= CODE => (PATTERNS[(code / CODE) as usize], code % CODE),
            _ => {
                drawn += WIDTH;
                drawn += part;
                continue;
            }
        };
        let lengths: Vec<String> = pattern
            .iter()
            .map(|length| px(*length).to_string())
            .collect();
        drawn += &format!(
            "{WIDTH}{width}\" stroke-dasharray=\"{}\"{rest}",
            lengths.join(" ")
        );
    }
    drawn
}

/// A line of this width, in pixels as shown.
pub(crate) fn line(color: &impl Color, width: u32) -> ShapeStyle {
    color.stroke_width(px(width))
}

/// Text of this size, in pixels as shown.
pub(crate) fn text(size: u32) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", px(size)).into_font()).color(&INK)
}

/// The range with some air around it, never empty.
pub(crate) fn airy(low: f64, high: f64) -> std::ops::Range<f64> {
    let air = 0.06 * (high - low).max(1e-3 * high.abs()).max(1e-6);
    low - air..high + air
}

/// No axis goes further: its length and some air around it are still finite, without which plotters looks for places of
/// labels for ever.
const FARTHEST: f64 = 1e300;

/// Smallest and largest of the values that an axis can show.
pub(crate) fn extent(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let shown = values.into_iter().filter(|value| value.abs() <= FARTHEST);
    let (low, high) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if low <= high { (low, high) } else { (0.0, 1.0) }
}

/// A number on an axis, without trailing zeros.
pub(crate) fn number(value: &f64) -> String {
    trimmed(&fixed(*value, 3)).into()
}
