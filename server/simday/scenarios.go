package simday

// Scenarios are the named offices on which forecasts are measured, from quiet
// to overload and from two to thirty desks.
func Scenarios() []Office {
	long := &Offset{Mean: -14 * minute, SD: 13 * minute, LateShare: .28, LateMean: 11 * minute, Earliest: -60 * minute}
	all, front, back := []int{0, 1, 2}, []int{0, 1}, []int{1, 2}
	return []Office{
		{Name: "ordinary", About: "six desks, two in five booked", Desks: 6, Load: .96, Booked: .4},
		{Name: "pair", About: "two desks", Desks: 2, Groups: 2, Load: .95, Booked: .3},
		{Name: "trio", About: "three desks, three in five booked", Desks: 3, Load: .97, Booked: .6},
		{Name: "booked", About: "six in seven booked", Desks: 5, Load: .97, Booked: .85, NoShow: .18},
		{Name: "walk_in", About: "nobody booked", Desks: 5, Load: .94},
		{Name: "quiet", About: "half the work", Desks: 5, Load: .62, Booked: .4},
		{Name: "overload", About: "a sixth too much work", Desks: 6, Load: 1.16, Booked: .35},
		{Name: "monday", About: "a crowd at the door and a rush", Desks: 7, Load: .98, Booked: .3, Peak: 1.9, Door: 14},
		{Name: "unpunctual", About: "many come early, many late", Desks: 5, Load: .98, Booked: .6, Offset: long},
		{Name: "no_shows", About: "three in ten do not come", Desks: 5, Load: .97, Booked: .7, NoShow: .3},
		{Name: "forgotten", About: "12 % of the finishes are not pressed", Desks: 6, Load: .95, Booked: .4, Forget: .12},
		{Name: "absent", About: "clerks come late or not at all", Desks: 7, Load: .93, Booked: .4, AbsentShare: .12, LateShare: .15},
		{Name: "slow", About: "slow programs in many an afternoon", Desks: 6, Load: .94, Booked: .4, SlowDays: .5, SlowFactor: 1.5},
		{Name: "skills", About: "half of the desks serve only some groups", Desks: 8, Load: .96, Booked: .4, Skills: [][]int{all, front, all, back}},
		{Name: "twelve", About: "twelve desks", Desks: 12, Load: .98, Booked: .4},
		{Name: "thirty", About: "thirty desks", Desks: 30, Learn: 3, Judged: 1, Load: 1.02, Booked: .35, Skills: [][]int{all, all, front, all, back}},
		{Name: "unknown_plan", About: "the roster is not told", Desks: 6, Load: .96, Booked: .4, PlanUnknown: true},
		{Name: "long", About: "matters of 24 minutes", Desks: 8, Load: .95, Booked: .5, Mean: 24, Spread: .35},
		{Name: "impatient", About: "many leave", Desks: 5, Load: 1.08, Booked: .3, Patience: 70},
		{Name: "clerks", About: "some clerks are twice as fast as others", Desks: 5, Load: .98, Booked: .4, Clerks: .32},
		{Name: "away", About: "one finish in six, the clerk is away for a while", Desks: 5, Load: .97, Booked: .4, AbsenceShare: .17},
		{Name: "morning", About: "closes at noon", Desks: 6, Load: 1.04, Booked: .4, Close: 12 * hour},
		{Name: "shifts", About: "desks that come later or go home earlier", Desks: 8, Load: .95, Booked: .4, Close: 18 * hour,
			Plans: [][][2]int{{{8 * hour, 12 * hour}, {12*hour + 30*minute, 18 * hour}}, {{8 * hour, 13 * hour}}, {{8 * hour, 12*hour + 30*minute}, {13 * hour, 18 * hour}}, {{12 * hour, 18 * hour}}}},
		{Name: "priority", About: "one walk-in in eight counts as twenty minutes earlier", Desks: 5, Load: .98, Booked: .3, BoostShare: .12},
		{Name: "first_day", About: "five desks, four offices on their first day", Desks: 5, Load: .93, Booked: .4, Learn: -1, Judged: 1, Towns: 4},
		{Name: "first_pair", About: "two desks, four offices on their first day", Desks: 2, Groups: 2, Load: .93, Booked: .3, Learn: -1, Judged: 1, Towns: 4},
	}
}
