//! What all pictures have in common.

use plotters::{
    coord::{Shift, types::RangedCoordf64},
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

/// An SVG document.
pub(super) type Drawn = Result<String, Box<dyn std::error::Error>>;

/// Where to draw.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

pub(super) const BLUE: RGBColor = RGBColor(31, 99, 171);
pub(super) const ORANGE: RGBColor = RGBColor(214, 97, 20);
pub(super) const TEAL: RGBColor = RGBColor(0, 128, 104);
pub(super) const PURPLE: RGBColor = RGBColor(138, 70, 156);
pub(super) const RED: RGBColor = RGBColor(190, 38, 62);
pub(super) const OLIVE: RGBColor = RGBColor(128, 112, 0);
pub(super) const GREY: RGBColor = RGBColor(120, 120, 120);
pub(super) const PALE: RGBColor = RGBColor(200, 209, 219);
pub(super) const INK: RGBColor = RGBColor(40, 40, 40);

/// plotters rounds to whole units, which makes slanted lines jagged. So everything is drawn this
/// many times larger than it is shown.
pub(super) const SCALE: u32 = 4;

/// A length in the picture, in pixels as shown.
pub(super) const fn px(length: u32) -> u32 {
    length * SCALE
}

/// A row of panels under a title; `panel` draws number `index`.
pub(super) fn panels(
    title: &str,
    count: usize,
    mut panel: impl FnMut(usize, &Area) -> Result<(), Box<dyn std::error::Error>>,
) -> Drawn {
    let width = if count == 1 { 620 } else { 460 * count as u32 };
    document((width, 420), |root| {
        let area = root.margin(px(6), 0, 0, 0).titled(title, text(19))?;
        for (index, area) in area.split_evenly((1, count)).iter().enumerate() {
            panel(index, area)?;
        }
        Ok(())
    })
}

/// A document of this width and height, in pixels as shown.
pub(super) fn document(
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
pub(super) fn chart<'a, 'b>(
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
pub(super) type Chart<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Draws grid and axes. `x` and `y` are the names of the axes and how many numbers they show at
/// most.
pub(super) fn mesh(
    chart: &mut Chart,
    x: (&str, usize),
    y: (&str, usize),
) -> Result<(), Box<dyn std::error::Error>> {
    chart
        .configure_mesh()
        .x_desc(x.0)
        .y_desc(y.0)
        .x_labels(x.1)
        .y_labels(y.1)
        .x_label_formatter(&number)
        .y_label_formatter(&number)
        .axis_desc_style(text(14))
        .label_style(text(12))
        .axis_style(GREY.stroke_width(SCALE))
        .bold_line_style(PALE.mix(0.6).stroke_width(SCALE))
        .light_line_style(TRANSPARENT)
        .set_all_tick_mark_size(px(4))
        .draw()?;
    Ok(())
}

/// Draws the legend.
pub(super) fn legend<'a, 'b: 'a>(
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
pub(super) fn stroke(style: ShapeStyle) -> impl Fn((i32, i32)) -> PathElement<(i32, i32)> {
    move |(x, y)| PathElement::new([(x, y), (x + px(18) as i32, y)], style)
}

/// The width of the lines that [`with_dashes`] draws as dashes: one that no other line has.
const DASHED: u32 = px(1) + 3;

/// A thin line that is dashed in the end.
pub(super) fn dashed(color: &impl Color) -> ShapeStyle {
    color.stroke_width(DASHED)
}

/// The picture with dashes where they are due. plotters would write each dash as an element.
pub(super) fn with_dashes(svg: &str) -> String {
    svg.replace(
        &format!("stroke-width=\"{DASHED}\""),
        &format!(
            "stroke-width=\"{}\" stroke-dasharray=\"{} {}\"",
            px(3) / 2,
            px(5),
            px(3)
        ),
    )
}

/// A line of this width, in pixels as shown.
pub(super) fn line(color: &impl Color, width: u32) -> ShapeStyle {
    color.stroke_width(px(width))
}

/// Text of this size, in pixels as shown.
pub(super) fn text(size: u32) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", px(size)).into_font()).color(&INK)
}

/// The range with some air around it, never empty.
pub(super) fn airy(low: f64, high: f64) -> std::ops::Range<f64> {
    let air = 0.06 * (high - low).max(1e-3 * high.abs()).max(1e-6);
    low - air..high + air
}

/// Smallest and largest of the finite values.
pub(super) fn extent(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if low <= high { (low, high) } else { (0.0, 1.0) }
}

/// A number on an axis, without trailing zeros.
pub(super) fn number(value: &f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".into()
    } else {
        text.into()
    }
}
