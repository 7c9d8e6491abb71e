package args

import (
	"os"
	"testing"

	"eterm/iface/lab/labtest"
)

func TestMain(m *testing.M) { os.Exit(labtest.Main(m)) }
