package show

// CasesSummary is the last object of switch check --list.
type CasesSummary struct {
	Type string `json:"type"` // "summary"
	// how many there are
	Cases int `json:"cases"`
}
