// Reads a folder of payloads NAME.EVENT.json, verifies and reads each with go-github again and again,
// and prints a line "NAME MICROSECONDS" of CPU time, the median of some rounds.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"

	"github.com/google/go-github/github"
)

var secret = []byte("It's a Secret to Everybody")

const rounds = 15
const round = 20 * time.Millisecond

func used() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func main() {
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*.json"))
	if err != nil {
		log.Fatal(err)
	}
	sort.Strings(files)
	for _, file := range files {
		parts := strings.Split(filepath.Base(file), ".")
		body, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		mac := hmac.New(sha256.New, secret)
		mac.Write(body)
		signature := "sha256=" + hex.EncodeToString(mac.Sum(nil))
		once := func() error {
			if err := github.ValidateSignature(signature, body, secret); err != nil {
				return err
			}
			_, err := github.ParseWebHook(parts[1], body)
			return err
		}
		if once() != nil {
			continue
		}
		var taken []float64
		for n := 0; n < rounds; n++ {
			start, times := used(), 0
			for used()-start < round {
				for m := 0; m < 10; m++ {
					if err := once(); err != nil {
						log.Fatal(err)
					}
				}
				times += 10
			}
			taken = append(taken, float64(used()-start)/float64(time.Microsecond)/float64(times))
		}
		sort.Float64s(taken)
		fmt.Printf("%s %.2f\n", parts[0], taken[rounds/2])
	}
}
