# The figure of `make demo`: loss above, step * sharpness below. Run in demo/ with `constant` set to the title of that
# curve and `least` to the lower end of the losses.
# Colours of Okabe and Ito, which the colour-blind tell apart; dashes serve where there is no colour.
set style line 1 lc rgb "#0072B2" lw 2.5 dt solid
set style line 2 lc rgb "#D55E00" lw 2.5 dt (12, 4)
set style line 3 lc rgb "#009E73" lw 2.5 dt (4, 3)
set style line 4 lc rgb "#000000" lw 2 dt (14, 4, 3, 4)
set style line 9 lc rgb "#808080" lw 3 dt solid
set border lw 1 lc rgb "#404040"
set grid ytics back lc rgb "#cccccc" lw 1 dt solid
set style line 13 lc rgb "#009E73" pt 7 ps 0.3
set xrange [0:2000]
names = "nls-ub nls ls constant"
title_of(i) = i == 4 ? constant : word(names, i)

do for [form in "svg png"] {
    if (form eq "svg") {
        set terminal svg size 900,820 dynamic enhanced font "Helvetica,16" background rgb "white"
    } else {
        set terminal pngcairo size 1350,1230 enhanced font "Helvetica,16" fontscale 1.4 background rgb "white"
    }
    set output "digits.".form
    set multiplot layout 2,1 margins 0.12,0.95,0.09,0.93 spacing 0,0.08 \
        title "64-100-100-10 ReLU network on 500 digits, running medians over 50 iterations"
    set logscale y
    set yrange [least:0.2]
    set format y "10^{%T}"
    set ylabel "training loss (mean squared error)" offset 0.5
    unset xlabel
    set key top right horizontal samplen 4 opaque box lc rgb "#dddddd"
    plot for [i=1:4] word(names, i).".dat" using 1:2 with lines ls i title title_of(i)
    unset logscale y
    set format y "%g"
    set yrange [1:*]
    set ytics 1
    set ylabel "step × sharpness (no unit)" offset 0.5
    set xlabel "iteration"
    unset key
    set label 1 "grey line: 2, the edge of stability" at graph 0.98, graph 0.93 right textcolor rgb "#404040"
    set label 2 "dots: ls, each measured value" at graph 0.98, graph 0.85 right textcolor rgb "#404040"
    plot 2 with lines ls 9 notitle, "ls.dat" using 1:3 with points ls 13 notitle, \
        for [i in "1 2 4"] word(names, i + 0).".dat" using 1:3 with lines ls (i + 0) notitle
    unset label 1
    unset label 2
    unset multiplot
    set yrange [*:*]
    set ytics autofreq
}
